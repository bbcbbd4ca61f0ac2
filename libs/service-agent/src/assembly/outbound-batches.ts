import { computeAgeMs, type MonotonicClock, type OutboxSending } from '#libs/agent-core';
import { HEADERS, type JsonObject, type MessageKind } from '#libs/contracts';

export interface OutboundBatch {
  readonly kind: Extract<MessageKind, 'report' | 'result'>;
  /** Of the outbox items in it. */
  readonly ids: readonly string[];
  readonly body: JsonObject;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_ITEMS = 100;
/** Of the reports together; a larger one goes alone, and the outbox takes none that a message can't carry. */
const MAX_BYTES = 262_144;
/** Reports of a like age travel together, so that a backlog doesn't make a fresh one look old. */
const MAX_AGE_SPREAD_MS = 2_000;
/** For an item from before the machine was restarted: nobody knows, so it counts as a week old and decides nothing. */
const UNKNOWN_AGE_MS = 604_800_000;

/**
 * Cuts what is due into messages: each result is one, reports go together. The message id differs with each attempt, because
 * the broker would swallow a re-send with the same one, and the orchestrator must see it to send its receipt again.
 */
export function assembleBatches(
  sendings: readonly OutboxSending[],
  { agentId, bootId, clock }: { agentId: string; bootId: string; clock: MonotonicClock },
): OutboundBatch[] {
  const ageOf = (sending: OutboxSending): number => computeAgeMs(clock, sending.item.observed) ?? UNKNOWN_AGE_MS;
  const toBatch = (group: readonly OutboxSending[]): OutboundBatch => {
    const [first] = group;
    const kind = first?.item.kind ?? 'report';
    const attempt = Math.max(...group.map((sending) => sending.attempt));
    return {
      kind,
      ids: group.map(({ item }) => item.id),
      body: kind === 'result' ? (first?.item.body ?? {}) : { v: 1, agent_id: agentId, items: group.map(({ item }) => item.body) },
      messageId: `${first?.item.id ?? ''}/${bootId.slice(-12)}/${attempt}`,
      headers: { [HEADERS.ageMs]: String(Math.round(Math.max(...group.map(ageOf)))), [HEADERS.attempt]: String(attempt) },
    };
  };
  const results = sendings.filter(({ item }) => item.kind === 'result').map((sending) => [sending]);
  const reports = sendings.filter(({ item }) => item.kind === 'report').toSorted((a, b) => ageOf(b) - ageOf(a));
  return [...results, ...groupReports(reports, ageOf)].map(toBatch);
}

function groupReports(reports: readonly OutboxSending[], ageOf: (sending: OutboxSending) => number): OutboxSending[][] {
  const groups: OutboxSending[][] = [];
  let [oldestMs, bytes] = [0, 0];
  for (const sending of reports) {
    const group = groups.at(-1);
    const size = sending.bytes + 1; // and a comma
    const fits = group !== undefined && group.length < MAX_ITEMS && bytes + size <= MAX_BYTES;
    if (fits && oldestMs - ageOf(sending) <= MAX_AGE_SPREAD_MS) {
      group.push(sending);
      bytes += size;
    } else {
      groups.push([sending]);
      [oldestMs, bytes] = [ageOf(sending), size];
    }
  }
  return groups;
}
