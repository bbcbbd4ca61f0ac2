import type { Violation } from '#libs/testing';
import type { WebhookReceiver } from '../../test/builders/webhook-receiver.ts';
import type { LogWatch } from '../installation/log-watch.ts';

/** What the log says of one escalation, in order. */
export interface EscalationWord {
  readonly id: string;
  readonly type: string;
}

/** An attempt that nothing was heard of is made again after 30 s. */
const TOLD_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;
const NOTHING_DUE = 'SELECT WHERE NOT EXISTS (SELECT FROM escalations WHERE next_attempt_at IS NOT NULL)';
const WORDS = `SELECT payload::jsonb->>'escalation_id' AS id, type FROM events
  WHERE type LIKE 'Escalation%' OR type LIKE 'Notification%' ORDER BY position`;

/** Once nothing more is due, which those who forget something say as well; so they are judged by the log and by who was called. */
export async function checkTold(log: LogWatch, { received }: WebhookReceiver): Promise<Violation[]> {
  await log.until(NOTHING_DUE, [], TOLD_WITHIN_MS, LOOK_EVERY_MS).catch(() => undefined);
  const heard = received.filter(({ isVerified }) => isVerified).map(({ message }) => message.data.escalation_id);
  return judgeTold(await log.query<EscalationWord>(WORDS), new Set(heard));
}

interface Telling {
  isOpen: boolean;
  hasBegun: boolean;
  hasEnded: boolean;
}

/**
 * `escalation-missing`: somebody has heard of every escalation that is open, or that was begun to be told before it was over; and
 * what came of the telling is stored.
 */
export function judgeTold(words: readonly EscalationWord[], heard: ReadonlySet<string>): Violation[] {
  const tellings = new Map<string, Telling>();
  for (const { id, type } of words) {
    const telling = tellings.get(id) ?? { isOpen: false, hasBegun: false, hasEnded: false };
    tellings.set(id, telling);
    follow(telling, type);
  }
  return [...tellings].flatMap(([id, telling]) => {
    const objection = objectTo(telling, heard.has(id));
    if (objection === undefined) return [];
    return [{ code: 'escalation-missing', sentence: `${id} was raised, and ${objection}`, positions: [], ids: [id] }];
  });
}

function follow(telling: Telling, type: string): void {
  switch (type) {
    case 'EscalationRaised':
    case 'EscalationJoined':
      telling.isOpen = true;
      break;
    case 'EscalationClosed':
      telling.isOpen = false;
      break;
    case 'NotificationStarted':
      telling.hasBegun = true;
      telling.hasEnded = false;
      break;
    case 'NotificationSent':
    case 'NotificationGivenUp':
      telling.hasEnded = true;
      break;
  }
}

function objectTo({ isOpen, hasBegun, hasEnded }: Telling, isHeard: boolean): string | undefined {
  // What was over before anybody was called nobody needs to hear.
  if (!isOpen && !hasBegun) return undefined;
  if (!isHeard) return 'nobody was told';
  return hasEnded ? undefined : 'nothing is stored of what came of telling it';
}
