import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { Random } from '#libs/testing';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './task-queue.ts';

/** What the code of the product finds in the place of clock, timers and randomness. */
interface VirtualWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** For what keeps its state from one world to the next, and makes names of no account with it. */
  readonly careless: Random;
  /** The wall clock at the beginning, in milliseconds since 1970. */
  readonly beginsAtMs: number;
  /** Polls that come more often take place as often as this: a machine that is slow looks less often. */
  shortestIntervalMs: number;
}

let world: VirtualWorld | undefined;
/** How often bytes were asked for. */
let fills = 0;

function getWorld(): VirtualWorld {
  if (world === undefined) throw new Error('no world is simulated');
  return world;
}

/** An event loop is never quite on time. */
const LATEST_MS = 3;

class VirtualTimer {
  private task: Task;

  constructor(
    private readonly delayMs: number,
    private readonly run: () => void,
    private readonly isRepeated: boolean,
  ) {
    this.task = this.begin();
  }

  private begin(): Task {
    const { scheduler, random, shortestIntervalMs } = getWorld();
    const delayMs = this.isRepeated ? Math.max(this.delayMs, shortestIntervalMs) : this.delayMs;
    const lateMs = delayMs === 0 ? 0 : random.fraction() * LATEST_MS;
    return scheduler.schedule(delayMs + lateMs, scheduler.current, () => {
      if (this.isRepeated) this.task = this.begin();
      this.run();
    });
  }

  refresh(): this {
    this.cancel();
    this.task = this.begin();
    return this;
  }

  cancel(): void {
    this.task.isCancelled = true;
  }

  ref = (): this => this;
  unref = (): this => this;
  hasRef = (): boolean => true;
}

type Callback = (...values: unknown[]) => void;

const after = (callback: Callback, delayMs = 0, ...values: unknown[]): VirtualTimer =>
  new VirtualTimer(delayMs, () => callback(...values), false);
const every = (callback: Callback, delayMs = 0, ...values: unknown[]): VirtualTimer =>
  new VirtualTimer(delayMs, () => callback(...values), true);
const cancel = (timer: unknown): void => {
  if (timer instanceof VirtualTimer) timer.cancel();
};

function pause(delayMs: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = after(() => resolve(value), delayMs);
    signal?.addEventListener('abort', () => {
      timer.cancel();
      reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
    });
  });
}

const monotonicMs = (): number => getWorld().scheduler.nowMs;
const wallClockMs = (): number => {
  const { scheduler, beginsAtMs } = getWorld();
  return Math.floor(beginsAtMs + scheduler.nowMs + scheduler.wallClockOffsetMs);
};

const RealDate = Date;

/** Dates are what they always are; only the present is another one. */
function createVirtualDate(): DateConstructor {
  const VirtualDate = function (...values: number[]): Date {
    return values.length === 0 ? new RealDate(wallClockMs()) : new RealDate(...(values as [number]));
  };
  return Object.assign(VirtualDate, {
    prototype: RealDate.prototype,
    now: wallClockMs,
    parse: RealDate.parse,
    UTC: RealDate.UTC,
  }) as unknown as DateConstructor;
}

function fillRandomly<T extends Uint8Array>(bytes: T): T {
  const { random } = getWorld();
  fills += 1;
  for (let place = 0; place < bytes.length; place += 4) {
    const four = random.below(2 ** 32);
    for (let part = 0; part < 4 && place + part < bytes.length; part++) bytes[place + part] = (four >>> (8 * part)) & 0xff;
  }
  return bytes;
}

/** Uses up what was drawn for a world before this one and is still kept somewhere. */
export function useUpKept(take: () => unknown): void {
  for (const before = fills; fills === before;) take();
}

const GLOBALS = {
  setTimeout: after,
  clearTimeout: cancel,
  setInterval: every,
  clearInterval: cancel,
  setImmediate: (callback: Callback, ...values: unknown[]) => after(callback, 0, ...values),
  clearImmediate: cancel,
};
const CRYPTO = {
  randomFillSync: fillRandomly,
  randomInt: (below: number) => getWorld().random.below(below),
  randomUUID: () => getWorld().random.uuid(),
};

/**
 * Gives the whole process another clock, timers and randomness while the work goes on: what the product asks the platform for comes
 * from the scheduler and the seed, without the product knowing.
 */
export async function inVirtualWorld<T>(virtual: VirtualWorld, work: () => Promise<T>): Promise<T> {
  const real = {
    globals: Object.fromEntries(Object.keys(GLOBALS).map((name) => [name, Reflect.get(globalThis, name) as unknown])),
    crypto: Object.fromEntries(Object.keys(CRYPTO).map((name) => [name, Reflect.get(crypto, name) as unknown])),
    timers: { setTimeout: timersPromises.setTimeout, setImmediate: timersPromises.setImmediate },
    now: performance.now.bind(performance),
    random: Math.random,
  };
  world = virtual;
  Object.assign(globalThis, GLOBALS, { Date: createVirtualDate() });
  Object.assign(crypto, CRYPTO);
  Object.assign(timersPromises, { setTimeout: pause, setImmediate: (value?: unknown) => pause(0, value) });
  Object.assign(performance, { now: monotonicMs });
  Object.assign(Math, { random: () => virtual.careless.fraction() });
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    Object.assign(globalThis, real.globals, { Date: RealDate });
    Object.assign(crypto, real.crypto);
    Object.assign(timersPromises, real.timers);
    Object.assign(performance, { now: real.now });
    Object.assign(Math, { random: real.random });
    syncBuiltinESMExports();
    world = undefined;
  }
}
