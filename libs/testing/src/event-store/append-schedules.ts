import fc from 'fast-check';
import type { AppendRequest, AppendResult } from '#libs/event-store';
import { buildAppend, buildKey } from './event-builder.ts';

/** How a transaction ends. `doubt`: it is killed while its commit is under way, so either may be true. */
export type Ending = 'commit' | 'rollback' | 'kill' | 'doubt';

export interface AppenderPlan {
  readonly stream: number;
  readonly events: number;
  readonly expected: AppendRequest['writes'][number]['expected'];
  /** Appenders with the same number send the same key. */
  readonly key: number | undefined;
  readonly ending: Ending;
}

export interface Schedule {
  readonly appenders: readonly AppenderPlan[];
  /** The appender that takes its next step: it begins and appends, it holds its transaction open, it ends. */
  readonly turns: readonly number[];
}

/** A stored event as a reader sees it. */
export interface SeenEvent {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
}

/** What carries the schedules out: a real database, or the model of one. */
export interface ScheduleDriver {
  /** Opens a transaction and appends in it; it may have to wait for others. */
  begin(appender: number, request: AppendRequest): void;
  /** Sent after `begin`, even if that still waits. */
  end(appender: number, ending: Ending): void;
  /** Resolves when nothing moves any more until the next step. */
  settle(): Promise<void>;
  /** Resolves when all transactions have ended, with what each was told; undefined for one that broke. */
  finish(): Promise<(AppendResult | undefined)[]>;
  readAfter(position: number): Promise<readonly SeenEvent[]>;
}

export const APPENDERS = 4;
const STEPS = 3;

const plan: fc.Arbitrary<AppenderPlan> = fc.record({
  stream: fc.nat({ max: 2 }),
  events: fc.integer({ min: 1, max: 3 }),
  expected: fc.constantFrom<AppenderPlan['expected'][]>('any', 'any', 'any', 'none', 'exists', 1),
  key: fc.option(fc.nat({ max: 1 }), { nil: undefined }),
  ending: fc.constantFrom('commit', 'commit', 'commit', 'rollback', 'kill', 'doubt'),
});

/** At least four appenders of three steps each, in any order. */
export function schedules(): fc.Arbitrary<Schedule> {
  return fc.array(plan, { minLength: APPENDERS, maxLength: APPENDERS + 1 }).chain((appenders) => {
    const steps = appenders.flatMap((_, index) => Array.from({ length: STEPS }, () => index));
    const turns = fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length });
    return fc.record({ appenders: fc.constant(appenders), turns });
  });
}

/** Follows the log over all schedules of a run, and remembers what it saw. */
export class ScheduleReader {
  #position = 0;
  readonly #versions = new Map<string, number>();
  #ids = new Map<string, SeenEvent>();

  /** Reads on; throws when an event is skipped, doubled or out of order. */
  async follow(driver: ScheduleDriver): Promise<void> {
    for (const event of await driver.readAfter(this.#position)) {
      if (event.position !== this.#position + 1) throw new Error(`position ${event.position} follows ${this.#position}`);
      const version = (this.#versions.get(event.stream) ?? 0) + 1;
      if (event.version !== version) throw new Error(`version ${event.version} of ${event.stream} follows ${version - 1}`);
      if (this.#ids.has(event.id)) throw new Error(`event ${event.id} is stored twice`);
      this.#position = event.position;
      this.#versions.set(event.stream, version);
      this.#ids.set(event.id, event);
    }
  }

  /** What was seen since the last call, by event id. */
  takeSeen(): ReadonlyMap<string, SeenEvent> {
    const seen = this.#ids;
    this.#ids = new Map();
    return seen;
  }
}

let runs = 0;

/** Carries a schedule out with a reader between all steps, then compares what is stored with what each appender was told. */
export async function runSchedule(schedule: Schedule, driver: ScheduleDriver, reader: ScheduleReader): Promise<void> {
  runs += 1;
  const requests = schedule.appenders.map((appender) => toRequest(appender, runs));
  const taken = requests.map(() => 0);
  for (const appender of schedule.turns) {
    const step = (taken[appender] ?? 0) + 1;
    taken[appender] = step;
    const request = requests[appender];
    if (request && step === 1) driver.begin(appender, request);
    if (step === STEPS) driver.end(appender, schedule.appenders[appender]?.ending ?? 'commit');
    await driver.settle();
    await reader.follow(driver);
  }
  const results = await driver.finish();
  await reader.follow(driver);
  checkOutcome(schedule, requests, results, reader.takeSeen());
}

function toRequest({ stream, events, expected, key }: AppenderPlan, run: number): AppendRequest {
  const request = buildAppend(`schedule-${stream}`, expected, events);
  return key === undefined ? request : { ...request, idempotency: buildKey(`${run}-${key}`) };
}

function checkOutcome(
  schedule: Schedule,
  requests: readonly AppendRequest[],
  results: readonly (AppendResult | undefined)[],
  seen: ReadonlyMap<string, SeenEvent>,
): void {
  const storedKeys = new Set<string>();
  let accounted = 0;
  requests.forEach((request, index) => {
    const ids = request.writes.flatMap((write) => write.events.map((event) => event.id));
    const found = ids.filter((id) => seen.has(id)).length;
    const result = results[index];
    const ending = schedule.appenders[index]?.ending;
    const isStored = result?.status === 'appended' && ending === 'commit';
    const mayBeStored = isStored || (ending === 'doubt' && (result === undefined || result.status === 'appended'));
    if (found !== 0 && found !== ids.length) throw new Error(`appender ${index}: ${found} of ${ids.length} events are stored`);
    if (isStored && found === 0) throw new Error(`appender ${index} was acknowledged, but its events are not stored`);
    if (!mayBeStored && found > 0) throw new Error(`appender ${index} did not commit, but its events are stored`);
    if (isStored) checkPositions(ids, result.firstPosition, seen);
    const key = request.idempotency?.key;
    if (key !== undefined && found > 0) {
      if (storedKeys.has(key)) throw new Error(`key ${key} is stored twice`);
      storedKeys.add(key);
    }
    accounted += found;
  });
  if (accounted !== seen.size) throw new Error(`${seen.size - accounted} events are stored that nobody appended`);
}

function checkPositions(ids: readonly string[], first: number, seen: ReadonlyMap<string, SeenEvent>): void {
  ids.forEach((id, offset) => {
    const position = seen.get(id)?.position;
    if (position !== first + offset) throw new Error(`event ${id} was promised position ${first + offset}, not ${position}`);
  });
}
