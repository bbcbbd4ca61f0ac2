import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmedFailpoint, FailpointName } from './failpoint-list.ts';

/** What an armed failpoint throws: no error of the domain, so that it counts as a crash of whoever meets it. */
export class FailpointError extends Error {
  constructor(name: FailpointName) {
    super(`failpoint ${name} was told to throw`);
  }
}

const STDERR = 2;

let armed: ReadonlyMap<FailpointName, ArmedFailpoint> | undefined;
const reached = new Map<FailpointName, number>();

/** Has steps of the loop break in this thread, from now on; none for an empty list. */
export function armFailpoints(failpoints: readonly ArmedFailpoint[]): void {
  reached.clear();
  armed = failpoints.length === 0 ? undefined : new Map(failpoints.map((one) => [one.name, one]));
}

/**
 * A step of the loop is reached. Without failpoints, which no production has, it costs a comparison.
 *
 * @throws FailpointError where it was told to
 */
export function failpoint(name: FailpointName): Promise<unknown> | undefined {
  return armed === undefined ? undefined : strike(name, armed.get(name));
}

function strike(name: FailpointName, failpointOf: ArmedFailpoint | undefined): Promise<unknown> | undefined {
  if (failpointOf === undefined) return undefined;
  const times = (reached.get(name) ?? 0) + 1;
  reached.set(name, times);
  const { from, isRepeated } = failpointOf;
  if (isRepeated ? times < from : times !== from) return undefined;
  return act(failpointOf);
}

function act({ name, action, ms }: ArmedFailpoint): Promise<unknown> | undefined {
  // At once, as a process that is killed writes nothing later.
  writeSync(STDERR, `failpoint ${name}: ${action}\n`);
  switch (action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return undefined;
    case 'throw':
      throw new FailpointError(name);
    case 'pause':
      return sleep(ms);
    case 'stall':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      return undefined;
    case 'hang':
      return new Promise(() => undefined);
  }
}
