import { readFileSync } from 'node:fs';
import { alive } from '../../scripts/infra/process.mjs';
import { answers, type RunningProgram, startProgram } from '../../scripts/launcher/programs.mjs';

export interface ProgramOptions {
  name: string;
  /** Relative to the repository. */
  script: string;
  args?: readonly string[];
  /** For Node itself. */
  nodeFlags?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** That of the start before is kept beside it. */
  logFile: string;
  /** Answers 200 when the program can work. */
  readyUrl: string;
  readyWithinMs?: number;
}

/** A program of ours that may be killed and started again, on the same state and the same port. */
export class Program {
  /** How often it was launched, without the lives that follow a kill. */
  launchesUnlessKilled = 0;
  private running: RunningProgram | undefined;
  private wasKilled = false;

  constructor(private readonly options: ProgramOptions) {}

  get pid(): number {
    if (this.running === undefined) throw new Error(`${this.options.name} was not started`);
    return this.running.pid;
  }

  get isAlive(): boolean {
    return this.running !== undefined && alive(this.running.pid);
  }

  get url(): string {
    return new URL(this.options.readyUrl).origin;
  }

  /** What the last start said so far. */
  get output(): string {
    return readFileSync(this.options.logFile, 'utf8');
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    this.launch();
    await this.untilReady();
  }

  /**
   * Without waiting: what it needs may be away.
   *
   * @param env for this start alone, beside what it always has
   */
  launch(env: ProgramOptions['env'] = {}): void {
    if (this.isAlive) throw new Error(`${this.options.name} runs already`);
    if (!this.wasKilled) this.launchesUnlessKilled += 1;
    this.wasKilled = false;
    this.running = startProgram({ ...this.options, env: { ...this.options.env, ...env } });
  }

  async untilReady(): Promise<void> {
    const { running } = this;
    if (running === undefined) throw new Error(`${this.options.name} was not started`);
    const { readyUrl, readyWithinMs: withinMs = 60_000 } = this.options;
    await answers(readyUrl, { program: running, withinMs, signal: new AbortController().signal });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (this.running === undefined) return;
    if (this.isAlive) {
      this.wasKilled = true;
      process.kill(this.running.pid, 'SIGKILL');
    }
    await this.running.stop();
  }

  /** Stands still until `resume`, and keeps its connections; what it is sent waits for it. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** In order. */
  async stop(): Promise<void> {
    if (this.isAlive) this.resume();
    await this.running?.stop();
  }
}
