import { setTimeout as sleep } from 'node:timers/promises';
import { probeHealth } from './probe-health.ts';
import type { StagedService } from './stage.ts';

const LOOK_EVERY_MS = 25;

/** Looks at a service from outside, without asking our log or our agents: which processes it had, and whether it answers. */
export class WorldWatch {
  /** Every process that was seen, in order, the one before the break included. */
  readonly pids: number[] = [];
  private readonly answers: { atMs: number; ok: boolean }[] = [];
  private isWatching = true;
  private readonly watching: Promise<unknown>;

  constructor(private readonly service: StagedService) {
    // Apart, as a process may come and go while a probe of a hung one waits.
    this.watching = Promise.all([this.watchProcesses(), this.watchAnswers()]);
  }

  /** Processes that were started after the first one. */
  get restarts(): number {
    return Math.max(0, this.pids.length - 1);
  }

  get isAnswering(): boolean {
    return this.answers.at(-1)?.ok === true;
  }

  /** The first answer after the time from which it did not answer, both on this machine's clock; the world's own healing time. */
  answersAgainAfter(brokenAtMs: number): number | undefined {
    const since = this.answers.filter(({ atMs }) => atMs >= brokenAtMs);
    const silent = since.findIndex(({ ok }) => !ok);
    return silent === -1 ? undefined : since.slice(silent).find(({ ok }) => ok)?.atMs;
  }

  async stop(): Promise<void> {
    this.isWatching = false;
    await this.watching;
  }

  private async watchProcesses(): Promise<void> {
    while (this.isWatching) {
      const pid = this.service.findPid();
      if (pid !== undefined && !this.pids.includes(pid)) this.pids.push(pid);
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async watchAnswers(): Promise<void> {
    while (this.isWatching) {
      this.answers.push({ atMs: Date.now(), ok: await probeHealth(this.service.url) });
      await sleep(2 * LOOK_EVERY_MS);
    }
  }
}
