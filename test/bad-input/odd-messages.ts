import type { MessageKind } from '#libs/contracts';
import type { JsonCase } from '../../bench/fuzz/corpora.ts';
import type { FuzzMessage } from '../../bench/fuzz/fuzz-message.ts';
import { createGoodMessage, createReport } from '../../bench/fuzz/good-message.ts';
import { listPlaces } from '../../bench/fuzz/json-places.ts';
import { Random } from '#libs/testing';
import { AGENT } from './bad-input-system.ts';

export const KINDS: readonly MessageKind[] = ['report', 'result', 'heartbeat', 'metric'];

/** The same messages in each run; what random there is only makes ids. */
const random = new Random(7);

const headers = (): FuzzMessage['headers'] => [
  ['Nats-Msg-Id', random.uuid()],
  ['Age-Ms', '5'],
];

export const wrap = (kind: MessageKind, body: Uint8Array | string): FuzzMessage => ({
  mutation: kind,
  kind,
  body: Buffer.from(body),
  headers: headers(),
});

export const write = (kind: MessageKind, message: object): FuzzMessage => wrap(kind, JSON.stringify(message));

export const good = (kind: MessageKind): object => createGoodMessage(kind, random, AGENT.agentId);

/** A report with one item. */
export const goodReport = (): { v: number; agent_id: string; items: object[] } => ({
  v: 1,
  agent_id: AGENT.agentId,
  items: [createReport(random)],
});

/** One message for each place of a good one, with that place changed. */
export function* changeEachPlace(
  kind: MessageKind,
  change: (place: ReturnType<typeof listPlaces>[number]) => void,
): Generator<FuzzMessage> {
  const pattern = kind === 'report' ? goodReport : (): object => good(kind);
  for (let index = 0; index < listPlaces(pattern()).length; index++) {
    const message = pattern();
    const place = listPlaces(message)[index];
    if (place === undefined) return;
    change(place);
    yield write(kind, message);
  }
}

/** Raw bytes as the value of an open member. */
export function* embed({ bytes }: JsonCase): Generator<FuzzMessage> {
  const targets: readonly [MessageKind, string][] = [
    ['report', 'data'],
    ['report', 'context'],
    ['result', 'evidence'],
  ];
  for (const [kind, member] of targets) {
    const text = JSON.stringify(kind === 'report' ? goodReport() : good(kind));
    const at = text.indexOf(`"${member}":{`) + member.length + 4;
    yield wrap(kind, Buffer.concat([Buffer.from(`${text.slice(0, at)}"odd":`), bytes, Buffer.from(`,${text.slice(at)}`)]));
  }
}

/** Where a text can stand in an item of a report; each gets its own item, so that one message tries a hundred texts. */
const ITEM_PLACES: readonly ((error: Record<string, unknown>, item: Record<string, unknown>, text: string) => void)[] = [
  (error, _item, text) => (error['id'] = text),
  (error, _item, text) => (error['timestamp'] = text),
  (error, _item, text) => (error['source'] = text),
  (error, _item, text) => (error['type'] = text),
  (error, _item, text) => (error['severity'] = text),
  (error, _item, text) => (error['data'] = { message: text, check: text, frames: [{ module: text, in_app: true }] }),
  (error, _item, text) => (error['context'] = { path: text }),
  (error, _item, text) => (error['data'] = Object.fromEntries([[text, text]])),
  (_error, item, text) => (item['fix'] = { strategy: text, auto_applied: true, success: true, rollback_available: false }),
  (_error, item, text) => (item['fix'] = { strategy: 'retry', auto_applied: text, success: text, rollback_available: text }),
  (_error, item, text) => Object.defineProperty(item, text, { value: 1, enumerable: true }),
  (error, _item, text) => Object.defineProperty(error, text, { value: 1, enumerable: true }),
];

export function* everyTextInEachPlaceOfAReport(texts: readonly string[]): Generator<FuzzMessage> {
  for (const place of ITEM_PLACES) {
    for (let from = 0; from < texts.length; from += 50) {
      const items = texts.slice(from, from + 50).map((text) => {
        const { error } = createReport(random);
        const item: Record<string, unknown> = { error: { ...error } };
        place(item['error'] as Record<string, unknown>, item, text);
        return item;
      });
      yield write('report', { v: 1, agent_id: AGENT.agentId, items });
    }
  }
}

/** Members of the envelope, and of the other messages: one message for each text and member. */
export function* everyTextInEachMember(
  kind: MessageKind,
  members: readonly string[],
  texts: readonly string[],
): Generator<FuzzMessage> {
  for (const member of members) {
    for (const text of texts) yield write(kind, { ...(kind === 'report' ? goodReport() : good(kind)), [member]: text });
  }
}
