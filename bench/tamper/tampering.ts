import type { Random } from '#libs/testing';
import { type Concealment, conceal, rehash } from './conceal.ts';
import type { EventRow, StoredLog } from './stored-log.ts';

/** Where the change is to be: on one side of the last anchor. */
export interface Target {
  readonly log: StoredLog;
  readonly from: number;
  readonly through: number;
  readonly random: Random;
}

export interface Tampered {
  readonly log: StoredLog;
  /** What was done, for whoever reads the rounds. */
  readonly what: string;
  /** What was changed, by the positions of the log before. */
  readonly positions: readonly number[];
  /** What has to be named: each of these positions, the batch of each, or the anchors between which the first of them lies. */
  readonly named: 'positions' | 'batches' | 'anchors';
}

export type Tamper = (target: Target, concealment: Concealment) => Tampered;

const choose = ({ random, from, through }: Target): number => from + random.below(through - from + 1);
const namedBy = (concealment: Concealment): Tampered['named'] => {
  if (concealment === 'row') return 'positions';
  return concealment === 'tail' ? 'anchors' : 'batches';
};

type Edit = (event: EventRow) => Partial<EventRow>;
const earlier = (time: string): string => new Date(Date.parse(time) - 1_000).toISOString();
const EDITS: Readonly<Record<string, Edit>> = {
  payload: ({ payload }) => ({ payload: payload.replace(/}$/, ',"forged":true}') }),
  metadata: ({ metadata }) => ({ metadata: metadata.replace('"actor":"', '"actor":"not ') }),
  type: ({ type }) => ({ type: `${type}Not` }),
  stream: ({ stream }) => ({ stream: `${stream}-x` }),
  version: ({ version }) => ({ version: version + 1_000 }),
  event_id: () => ({ event_id: crypto.randomUUID() }),
};
const FIELDS = [...Object.keys(EDITS), 'recorded_at'];

export const edit: Tamper = (target, concealment) => {
  const position = choose(target);
  const field = target.random.pick(FIELDS);
  const change = EDITS[field];
  const events = target.log.events.map((event) => (event.position === position ? { ...event, ...change?.(event) } : event));
  const edited = change ? { ...target.log, events } : moveTime(target.log, position, concealment);
  const log = conceal(edited, [position], concealment);
  return { log, what: `${field} edited`, positions: [position], named: namedBy(concealment) };
};

/** Of the event alone, or of its whole batch in both tables, which then agree. */
function moveTime(log: StoredLog, position: number, concealment: Concealment): StoredLog {
  const batch = log.chain.find(({ last_position: last }) => last >= position);
  if (batch === undefined) throw new Error('the event has no batch');
  const [from, through] = concealment === 'row' ? [position, position] : [batch.first_position, batch.last_position];
  const move = <T extends { recorded_at: string }>(row: T): T => ({ ...row, recorded_at: earlier(row.recorded_at) });
  return {
    ...log,
    events: log.events.map((event) => (event.position >= from && event.position <= through ? move(event) : event)),
    chain: log.chain.map((row) => (row === batch && concealment !== 'row' ? move(row) : row)),
  };
}

export const remove: Tamper = (target, concealment) => {
  const position = choose(target);
  const events = target.log.events.filter((event) => event.position !== position);
  const what = 'event deleted';
  if (concealment === 'tail') return { log: closeGap(target.log, position), what, positions: [position], named: 'anchors' };
  const log = conceal({ ...target.log, events }, [position], concealment);
  return { log, what, positions: [position], named: 'positions' };
};

export const insert: Tamper = (target, concealment) => {
  const position = choose(target);
  if (concealment === 'tail')
    return { log: openGap(target.log, position), what: 'event inserted', positions: [position], named: 'anchors' };
  if (concealment === 'row') return insertOutside(target);
  const events = shiftIn(target.log, position);
  const positions = events.filter((event) => event.position >= position).map((event) => event.position);
  return { log: { ...target.log, events }, what: 'event inserted, what follows moved', positions, named: 'positions' };
};

/** Where no row is in the way: before the first event or behind the last one. */
function insertOutside({ log, random }: Target): Tampered {
  const original = random.pick(log.events);
  const position = random.chance(0.5) ? 0 : log.events.length + 1;
  const added = { ...original, position, version: 10_000, event_id: crypto.randomUUID() };
  return {
    log: { ...log, events: [...log.events, added] },
    what: 'event added outside',
    positions: [position],
    named: 'positions',
  };
}

export const reorder: Tamper = (target, concealment) => {
  const first = choose(target);
  const batch = target.log.chain.find(({ last_position: last }) => last >= first);
  const isInReach = (position: number): boolean => position !== first && position >= target.from && position <= target.through;
  const all = target.log.events.map(({ position }) => position).filter(isInReach);
  const near = all.filter((position) => batch && position >= batch.first_position && position <= batch.last_position);
  const isNear = near.length > 0 && target.random.chance(0.5);
  const second = target.random.pick(isNear ? near : all);
  const log = conceal({ ...target.log, events: exchange(target.log.events, first, second) }, [first, second], concealment);
  const what = isNear ? 'events of a batch exchanged' : 'events exchanged';
  return { log, what, positions: [first, second], named: namedBy(concealment) };
};

function exchange(events: readonly EventRow[], first: number, second: number): EventRow[] {
  const [one, other] = [first, second].map((position) => events.find((event) => event.position === position));
  const keepPlace = (content: EventRow | undefined, { position, recorded_at: time }: EventRow): EventRow => {
    if (content === undefined) throw new Error('there is no such event');
    return { ...content, position, recorded_at: time };
  };
  return events.map((event) => {
    if (event.position === first) return keepPlace(other, event);
    return event.position === second ? keepPlace(one, event) : event;
  });
}

export const truncate: Tamper = (target, concealment) => {
  const ends = target.log.chain.map(({ last_position: last }) => last);
  const cuts = ends.filter((end) => end >= target.from && end < Math.min(target.through, target.log.events.length));
  const cut = target.random.pick(cuts);
  const positions = target.log.events.map(({ position }) => position).filter((position) => position > cut);
  const rows = { ...target.log, events: target.log.events.filter(({ position }) => position <= cut) };
  const chained = { ...rows, chain: rows.chain.filter(({ last_position: last }) => last <= cut) };
  const what = `cut off behind ${cut}`;
  switch (concealment) {
    case 'row':
      return { log: rows, what: `${what}, rows only`, positions, named: 'positions' };
    case 'leaf':
      return { log: chained, what: `${what}, rows and chain`, positions, named: 'positions' };
    case 'batch':
      return {
        log: { ...rehash(chained, cut + 1), stream_heads: rows.stream_heads },
        what: `${what}, but not the heads of streams`,
        positions,
        named: 'anchors',
      };
    case 'tail': {
      const keys = chained.append_keys.filter(({ last_position: last }) => last <= cut);
      return { log: { ...rehash(chained, cut + 1), append_keys: keys }, what, positions, named: 'anchors' };
    }
  }
};

/** Positions and versions as if the event had never been. */
function closeGap(log: StoredLog, gone: number): StoredLog {
  const removed = log.events.find(({ position }) => position === gone);
  const move = (event: EventRow): EventRow => ({
    ...event,
    position: event.position - 1,
    version: event.stream === removed?.stream ? event.version - 1 : event.version,
  });
  const events = log.events
    .filter(({ position }) => position !== gone)
    .map((event) => (event.position > gone ? move(event) : event));
  return rehash(moveRanges({ ...log, events }, gone, -1), gone);
}

/** Positions and versions as if an event had been there. */
const openGap = (log: StoredLog, place: number): StoredLog =>
  rehash(moveRanges({ ...log, events: shiftIn(log, place) }, place, 1), place);

function shiftIn({ events }: StoredLog, place: number): EventRow[] {
  return events.flatMap((event) => {
    if (event.position < place) return [event];
    const copy = { ...event, event_id: crypto.randomUUID() };
    const moved = { ...event, position: event.position + 1 };
    if (event.position > place) {
      const original = events.find(({ position }) => position === place);
      return [event.stream === original?.stream ? { ...moved, version: event.version + 1 } : moved];
    }
    return [copy, { ...moved, version: event.version + 1 }];
  });
}

/** Batches and keys around a place that grows or shrinks; what holds nothing any more is gone. */
function moveRanges(log: StoredLog, place: number, by: 1 | -1): StoredLog {
  const moveFirst = (first: number): number => (first > place ? first + by : first);
  const moveLast = (last: number): number => (last >= place ? last + by : last);
  return {
    ...log,
    chain: log.chain
      .map((row) => ({ ...row, first_position: moveFirst(row.first_position), last_position: moveLast(row.last_position) }))
      .filter(({ first_position: first, last_position: last }) => first <= last),
    append_keys: log.append_keys
      .map((row) => ({ ...row, position: moveFirst(row.position), last_position: moveLast(row.last_position) }))
      .filter(({ position: first, last_position: last }) => first <= last),
  };
}

export const TAMPERS: Readonly<Record<string, Tamper>> = { edit, delete: remove, insert, reorder, truncate };
