import type { SimProcess } from './sim-process.ts';
import { type Task, TaskQueue } from './task-queue.ts';

// Taken before anybody puts another one in its place.
const realSetImmediate = globalThis.setImmediate;

/** Everything that follows from a task within its own process, and awaits nothing, has happened when this resolves. */
const everythingFollowed = (): Promise<void> => new Promise((resolve) => void realSetImmediate(resolve));

/**
 * The time of a simulated world, and all that happens in it: one task after another, each by one process and each followed by all
 * that it sets off at once. Between two of them nothing happens, so the same tasks give the same course.
 */
export class Scheduler {
  nowMs = 0;
  steps = 0;
  private readonly queue = new TaskQueue();
  private running: SimProcess | undefined;

  /** The process whose code runs. @throws Error where none does: what nobody does must not be scheduled by anybody */
  get current(): SimProcess {
    if (this.running === undefined) throw new Error('no process is running');
    return this.running;
  }

  /** Wall-clock error of the process that runs. */
  get wallClockOffsetMs(): number {
    return this.running?.wallClockOffsetMs ?? 0;
  }

  schedule(delayMs: number, owner: SimProcess, run: () => unknown): Task {
    this.steps += 1;
    const task: Task = { atMs: this.nowMs + Math.max(0, delayMs), order: this.steps, owner, run, isCancelled: false };
    this.queue.push(task);
    return task;
  }

  private async act(owner: SimProcess, work: () => unknown): Promise<void> {
    this.running = owner;
    try {
      work();
      await everythingFollowed();
    } finally {
      this.running = undefined;
    }
  }

  /** Lets time pass up to a moment, with all that is due until then. */
  async runUntil(untilMs: number): Promise<void> {
    for (let next = this.queue.peek(); next !== undefined && next.atMs <= untilMs; next = this.queue.peek()) {
      this.queue.pop();
      await this.take(next);
    }
    this.nowMs = untilMs;
  }

  private async take(task: Task): Promise<void> {
    const { owner } = task;
    if (task.isCancelled || !owner.isAlive) return;
    if (owner.resumesAtMs > task.atMs) {
      task.atMs = owner.resumesAtMs;
      this.queue.push(task);
      return;
    }
    this.nowMs = task.atMs;
    await this.act(owner, task.run);
  }
}
