import { createHash } from 'node:crypto';
import { redactJson } from '#libs/agent-core';
import type { JsonValue, MessageKind } from '#libs/contracts';
import { validateHeartbeat, validateMetric } from '#libs/contracts/schemas';
import { isTooDeep, sanitizeText } from '#libs/event-store';
import type { FuzzMessage } from './fuzz-message.ts';

/** What the log says of what came in. */
export interface Stored {
  /** Report ids, and `<command id>:<phase>` of results. */
  accepted: ReadonlySet<string>;
  /** Digests of dead letters. */
  dead: ReadonlySet<string>;
}

export interface Tally {
  sent: number;
  refused: number;
  repeated: number;
  accepted: number;
  deadLettered: number;
  unaccounted: number;
}

/** How an item may show up in the log: by its id, or as a dead letter. */
interface Item {
  id: string | undefined;
  digest: string;
}

interface Entry {
  mutation: string;
  body: string;
  items: readonly Item[];
  /** A signal that fits its schema: it changes what is known of now, and leaves no event. */
  isPassing: boolean;
}

/** Enough of a SHA-256 to tell some millions of messages apart. */
export const digestOf = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 20);

const FATES = ['sent', 'refused', 'repeated', 'accepted', 'deadLettered', 'unaccounted'] as const;
const NOTHING: Tally = { sent: 0, refused: 0, repeated: 0, accepted: 0, deadLettered: 0, unaccounted: 0 };

/** Own book of what was sent: each message has to be found again, or to have been refused. */
export class Ledger {
  private readonly entries: Entry[] = [];
  private readonly byMutation = new Map<string, Tally>();
  /** Of metrics that fit: as many rows have to be there. */
  samples = 0;

  refused({ mutation }: FuzzMessage): void {
    const tally = this.tallyOf(mutation);
    tally.sent += 1;
    tally.refused += 1;
  }

  /** The broker knew its id already, so that it did not store it again. */
  repeated({ mutation }: FuzzMessage): void {
    const tally = this.tallyOf(mutation);
    tally.sent += 1;
    tally.repeated += 1;
  }

  stored(message: FuzzMessage): void {
    this.tallyOf(message.mutation).sent += 1;
    const parsed = parse(message.body);
    const samples = message.kind === 'metric' ? countSamples(parsed) : 0;
    this.samples += samples;
    this.entries.push({
      mutation: message.mutation,
      body: digestOf(message.body),
      items: listItems(message.kind, parsed),
      isPassing: samples > 0 || (message.kind === 'heartbeat' && validateHeartbeat(parsed).valid),
    });
  }

  /** Looks every message up. */
  settle(stored: Stored): Map<string, Tally> {
    const tallies = new Map([...this.byMutation].map(([name, tally]) => [name, { ...tally }]));
    for (const entry of this.entries) {
      const tally = tallies.get(entry.mutation);
      if (tally === undefined) throw new Error('unreachable');
      tally[findFate(entry, stored)] += 1;
    }
    return tallies;
  }

  private tallyOf(mutation: string): Tally {
    const tally = this.byMutation.get(mutation) ?? { ...NOTHING };
    this.byMutation.set(mutation, tally);
    return tally;
  }
}

export function sumTallies(tallies: Iterable<Tally>): Tally {
  const total = { ...NOTHING };
  for (const tally of tallies) for (const name of FATES) total[name] += tally[name];
  return total;
}

function findFate({ body, items, isPassing }: Entry, { accepted, dead }: Stored): 'accepted' | 'deadLettered' | 'unaccounted' {
  if (isPassing) return 'accepted';
  if (dead.has(body)) return 'deadLettered';
  const isIn = ({ id }: Item): boolean => id !== undefined && accepted.has(id);
  if (items.length === 0 || !items.every((item) => isIn(item) || dead.has(item.digest))) return 'unaccounted';
  return items.some(isIn) ? 'accepted' : 'deadLettered';
}

/** As the orchestrator reads it: fatal UTF-8, then JSON. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function countSamples(parsed: unknown): number {
  const metric = validateMetric(parsed);
  return metric.valid ? metric.value.samples.length : 0;
}

const isObject = (value: unknown): value is Record<string, JsonValue | undefined> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is JsonValue[] => Array.isArray(value);

function listItems(kind: MessageKind, parsed: unknown): Item[] {
  if (!isObject(parsed)) return [];
  if (kind === 'result') {
    const { command_id: commandId, phase } = parsed;
    if (typeof commandId !== 'string' || typeof phase !== 'string') return [];
    return [{ id: sanitizeText(`result:${commandId}:${phase}`).value, digest: '' }];
  }
  const { items } = parsed;
  if (kind !== 'report' || !isList(items)) return [];
  return items.map((item) => ({
    id: idOf(item),
    digest: digestOf(JSON.stringify(isTooDeep(item) ? redactJson(item).value : item)),
  }));
}

function idOf(item: JsonValue): string | undefined {
  if (!isObject(item) || !isObject(item['error'])) return undefined;
  const { id } = item['error'];
  return typeof id === 'string' ? id : undefined;
}
