import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { MonotonicClock } from '#libs/agent-core';
import { readProcessStat } from './process-stat.ts';

/**
 * The machine's monotonic clock. It runs on when the agent restarts, so ages survive that; the epoch changes with the machine
 * and with the container (whose first process is new). Without /proc each run of the agent is an epoch of its own.
 */
export class SystemClock implements MonotonicClock {
  readonly epoch = readEpoch();

  nowMs(): number {
    return Number(process.hrtime.bigint() / 1_000_000n);
  }
}

function readEpoch(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readProcessStat(1)?.startTime ?? ''}`;
  } catch {
    return randomUUID();
  }
}
