import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { ProcessStartError } from '../service-agent.errors.ts';
import { rotateLog, tailLog } from './log-tail.ts';
import {
  computeSpecHashes,
  findChangedParts,
  type ProcessRecord,
  type ProcessSpec,
  readProcessRecord,
  removeProcessRecord,
  writeProcessRecord,
} from './process-record.ts';
import { endRemains } from './process-remains.ts';
import { findGroupLeader, isProcessAlive, readProcessStat } from './process-stat.ts';

export interface ProcessExit {
  readonly exitCode?: number;
  readonly signal?: string;
}

export type ProcessState =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly pid: number }
  /** Without a pid when the operating system could not even start it. */
  | { readonly state: 'exited'; readonly exit: ProcessExit; readonly pid?: number };

export interface SupervisedProcessOptions {
  readonly serviceId: string;
  readonly spec: ProcessSpec;
  /** What the child takes over from the agent besides. */
  readonly inheritedEnv?: Readonly<Record<string, string>>;
  /** Holds the record and the output of this one service. */
  readonly directory: string;
  readonly epoch: string;
}

const TOKEN_NAME = 'ZANTARA_SUPERVISION';
const ADOPTED_POLL_MS = 200;

/**
 * One child process, which outlives the agent: it leads a process group of its own and writes into a file, so the agent's death
 * is nothing to it. The next agent finds it by pid and start time and adopts it. It is started and stopped only when told to.
 */
export class SupervisedProcess {
  private current: ProcessState = { state: 'none' };
  private ended: Promise<void> = Promise.resolve();
  private watch: NodeJS.Timeout | undefined;
  /** Of the last start, whoever made it. */
  private token: string | undefined;
  /** Where the words of the last start begin in the log. */
  private logStart = 0;
  private lastSave: Promise<void> = Promise.resolve();
  private readonly exitListeners = new Set<(exit: ProcessExit) => void>();
  private readonly recordPath: string;
  private readonly logPath: string;

  constructor(private readonly options: SupervisedProcessOptions) {
    this.recordPath = join(options.directory, 'process.json');
    this.logPath = join(options.directory, 'output.log');
  }

  get state(): ProcessState {
    return this.current;
  }

  get outputPath(): string {
    return this.logPath;
  }

  /** Takes over the child of an earlier agent. Tells what was found, by which the caller decides whether to start it. */
  adopt(): { wasStarted: boolean; isSameEpoch: boolean; changedParts: readonly string[] } {
    const record = readProcessRecord(this.recordPath);
    if (record === undefined) return { wasStarted: false, isSameEpoch: false, changedParts: [] };
    this.token = record.token;
    const isSameEpoch = record.epoch === this.options.epoch;
    if (isSameEpoch && record.exited === undefined) {
      const pid = record.pid ?? findGroupLeader(`${TOKEN_NAME}=${record.token}`);
      if (pid !== undefined && isProcessAlive(pid, record.start_time)) this.follow(pid);
    }
    if (this.current.state === 'none') this.current = toExitedState(record);
    return { wasStarted: true, isSameEpoch, changedParts: findChangedParts(record, this.options.spec) };
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    this.exitListeners.add(listener);
  }

  /** @throws ProcessStartError when the operating system refuses. That the program ends at once is no error here. */
  async start(): Promise<number> {
    if (this.current.state === 'running') return this.current.pid;
    await this.endRemains(false);
    const { spec, serviceId, epoch } = this.options;
    const token = randomUUID();
    const record = { epoch, spec_hashes: computeSpecHashes(spec), token };
    this.logStart = await rotateLog(this.logPath);
    await this.save(record);
    this.token = token;
    const child = this.spawnChild(token);
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid ?? 0));
      child.once('error', (error) => reject(new ProcessStartError(serviceId, error)));
    }).catch(async (error: unknown) => {
      await this.save({ ...record, exited: {} });
      this.current = { state: 'exited', exit: {} };
      throw error;
    });
    this.own(child, pid, record);
    const startTime = readProcessStat(pid)?.startTime;
    if (this.isCurrent(pid)) {
      await this.save({ ...record, pid, ...(startTime === undefined ? {} : { start_time: startTime }) });
    }
    return pid;
  }

  /** SIGTERM to the whole group, SIGKILL after `graceMs`; resolves when the process is gone, with all that it has started. */
  async stop(graceMs: number): Promise<void> {
    const pid = this.current.state === 'running' ? this.current.pid : undefined;
    if (pid !== undefined) {
      signalGroup(pid, 'SIGTERM');
      if (!(await this.hasEndedWithin(graceMs))) signalGroup(pid, 'SIGKILL');
      await this.ended;
    }
    await this.endRemains(pid !== undefined);
    await this.lastSave;
  }

  /** The next agent starts afresh, as if there had never been a child. */
  async forget(): Promise<void> {
    await this.lastSave;
    removeProcessRecord(this.recordPath);
  }

  async hasEndedWithin(timeoutMs: number): Promise<boolean> {
    const cancel = new AbortController();
    const timeOut = delay(timeoutMs, false, { signal: cancel.signal }).catch(() => false);
    const ended = await Promise.race([this.ended.then(() => true), timeOut]);
    cancel.abort();
    return ended;
  }

  tail(lines: number): Promise<string[]> {
    return tailLog(this.logPath, lines);
  }

  /** Without the words of earlier runs. */
  tailSinceStart(lines: number): Promise<string[]> {
    return tailLog(this.logPath, lines, this.logStart);
  }

  /** Stops watching. The process goes on. */
  release(): void {
    clearInterval(this.watch);
    this.exitListeners.clear();
  }

  /** One after another, as the end of the process may come while its beginning is being written. */
  private save(record: ProcessRecord): Promise<void> {
    const turn = this.lastSave.then(() => writeProcessRecord(this.recordPath, record));
    this.lastSave = turn.catch(() => undefined);
    return turn;
  }

  private async endRemains(hasJustEnded: boolean): Promise<void> {
    if (this.token === undefined) return;
    const pid = this.current.state === 'none' ? undefined : this.current.pid;
    await endRemains({ environmentEntry: `${TOKEN_NAME}=${this.token}`, pid, hasJustEnded });
  }

  private spawnChild(token: string): ChildProcess {
    const { command, args, cwd, env } = this.options.spec;
    const output = openSync(this.logPath, 'a', 0o600);
    try {
      const child = spawn(command, [...args], {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...this.options.inheritedEnv, ...env, [TOKEN_NAME]: token },
        stdio: ['ignore', output, output],
        detached: true,
      });
      child.unref();
      return child;
    } finally {
      closeSync(output);
    }
  }

  private own(child: ChildProcess, pid: number, record: ProcessRecord): void {
    this.ended = new Promise((resolve) => {
      const finish = (exitCode: number | null, signal: string | null): void => {
        const exit = { ...(exitCode === null ? {} : { exitCode }), ...(signal === null ? {} : { signal }) };
        this.end(exit, pid);
        resolve();
        void this.save({ ...record, pid, exited: toRecordedExit(exit) }).catch(() => undefined);
      };
      // It may have ended before anyone listened.
      if (child.exitCode !== null || child.signalCode !== null) finish(child.exitCode, child.signalCode);
      else child.once('exit', finish);
    });
    if (child.exitCode === null && child.signalCode === null) this.current = { state: 'running', pid };
  }

  /** Somebody else's child tells nobody when it ends, so it is looked at. */
  private follow(pid: number): void {
    const startTime = readProcessStat(pid)?.startTime;
    this.current = { state: 'running', pid };
    this.ended = new Promise((resolve) => {
      this.watch = setInterval(() => {
        if (isProcessAlive(pid, startTime)) return;
        clearInterval(this.watch);
        this.end({}, pid);
        resolve();
      }, ADOPTED_POLL_MS);
    });
  }

  private end(exit: ProcessExit, pid: number): void {
    this.current = { state: 'exited', exit, pid };
    for (const listener of this.exitListeners) listener(exit);
  }

  private isCurrent(pid: number): boolean {
    return this.current.state === 'running' && this.current.pid === pid;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const toRecordedExit = ({ exitCode, signal }: ProcessExit): NonNullable<ProcessRecord['exited']> => ({
  ...(exitCode === undefined ? {} : { exit_code: exitCode }),
  ...(signal === undefined ? {} : { signal }),
});

const toExitedState = ({ exited, pid }: ProcessRecord): ProcessState => ({
  state: 'exited',
  exit: {
    ...(exited?.exit_code === undefined ? {} : { exitCode: exited.exit_code }),
    ...(exited?.signal === undefined ? {} : { signal: exited.signal }),
  },
  ...(pid === undefined ? {} : { pid }),
});
