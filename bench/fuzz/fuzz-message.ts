import type { MessageKind } from '#libs/contracts';
import type { Corpora } from './corpora.ts';
import { createGoodMessage } from './good-message.ts';
import { type Mutation, MUTATIONS } from './mutations.ts';
import type { Random } from '#libs/testing';

export interface FuzzMessage {
  /** What was done to it. */
  mutation: string;
  kind: MessageKind;
  body: Buffer;
  headers: readonly (readonly [name: string, value: string])[];
}

const KINDS: readonly [MessageKind, number][] = [
  ['report', 80],
  ['result', 8],
  ['heartbeat', 6],
  ['metric', 6],
];

function pickWeighted<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let at = random.fraction() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    at -= weight;
    if (at < 0) return choice;
  }
  throw new Error('there is nothing to pick from');
}

const AGES = ['', '0', '5', '-1', 'NaN', 'Infinity', '1e400', '9'.repeat(100), '5ms', '0x10', 'null', '1,5'];
const WEIGHTED = MUTATIONS.map((mutation): [Mutation, number] => [mutation, mutation.weight]);

/** Every message has an id of its own, or the broker would take a second body under the first one's id for a repetition. */
function createHeaders(random: Random, { strings }: Corpora): FuzzMessage['headers'] {
  const own: [string, string] = ['Nats-Msg-Id', random.uuid()];
  if (random.chance(0.9)) return [own, ['Age-Ms', String(random.below(1_000))], ['Attempt', '1']];
  const odd = random.pick(strings).replaceAll(/[\r\n]/g, ' ');
  return random.pick([
    [own, ['Age-Ms', random.pick(AGES)]],
    [own, ['Age-Ms', odd], ['Attempt', odd]],
    [own, ['traceparent', odd]],
    [own, ['Age-Ms', '1'], ['Age-Ms', '2'], ['age-ms', '3']],
    [own, ['X-Odd', 'x'.repeat(random.below(8_000))]],
    [],
  ] as FuzzMessage['headers'][]);
}

/** The next message of an endless row of them. */
export function createFuzzMessage(random: Random, corpora: Corpora, agentId: string): FuzzMessage {
  const kind = pickWeighted(random, KINDS);
  const mutation = pickWeighted(random, WEIGHTED);
  const body = mutation.apply(createGoodMessage(kind, random, agentId), random, corpora);
  return { mutation: mutation.name, kind, body, headers: createHeaders(random, corpora) };
}
