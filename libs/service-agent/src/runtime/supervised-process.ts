import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { ProcessStartError } from '../service-agent.errors.ts';
import { rotateLog, tailLog } from './log-tail.ts';
import {
  computeSpecHash,
  type ProcessRecord,
  type ProcessSpec,
  readProcessRecord,
  removeProcessRecord,
  writeProcessRecord,
} from './process-record.ts';
import { findGroupLeader, isProcessAlive, readProcessStat } from './process-stat.ts';

export interface ProcessExit {
  readonly exitCode?: number;
  readonly signal?: string;
}

export type ProcessState =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly pid: number }
  | { readonly state: 'exited'; readonly exit: ProcessExit };

export interface SupervisedProcessOptions {
  readonly serviceId: string;
  readonly spec: ProcessSpec;
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
  adopt(): { record: ProcessRecord | undefined; isSameSpec: boolean; isSameEpoch: boolean } {
    const record = readProcessRecord(this.recordPath);
    const isSameEpoch = record?.epoch === this.options.epoch;
    if (record !== undefined && isSameEpoch && record.exited === undefined) {
      const pid = record.pid ?? findGroupLeader(`${TOKEN_NAME}=${record.token}`);
      if (pid !== undefined && isProcessAlive(pid, record.start_time)) this.follow(pid);
    }
    if (record !== undefined && this.current.state === 'none') this.current = { state: 'exited', exit: toExit(record) };
    return { record, isSameSpec: record?.spec_hash === computeSpecHash(this.options.spec), isSameEpoch };
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    this.exitListeners.add(listener);
  }

  /** @throws ProcessStartError when the operating system refuses. That the program ends at once is no error here. */
  async start(): Promise<number> {
    if (this.current.state === 'running') return this.current.pid;
    const { spec, serviceId, epoch } = this.options;
    const token = randomUUID();
    const record = { epoch, spec_hash: computeSpecHash(spec), token };
    await rotateLog(this.logPath);
    await this.save(record);
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

  /** SIGTERM to the whole group, SIGKILL after `graceMs`; resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    if (this.current.state === 'running') {
      const { pid } = this.current;
      signalGroup(pid, 'SIGTERM');
      if (!(await this.hasEndedWithin(graceMs))) signalGroup(pid, 'SIGKILL');
      await this.ended;
      // What the leader left behind would still hold the port.
      signalGroup(pid, 'SIGKILL');
    }
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

  private spawnChild(token: string): ChildProcess {
    const { command, args, cwd, env } = this.options.spec;
    const output = openSync(this.logPath, 'a', 0o600);
    try {
      const child = spawn(command, [...args], {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...env, [TOKEN_NAME]: token },
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
        this.end(exit);
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
        this.end({});
        resolve();
      }, ADOPTED_POLL_MS);
    });
  }

  private end(exit: ProcessExit): void {
    this.current = { state: 'exited', exit };
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

const toExit = ({ exited }: ProcessRecord): ProcessExit => ({
  ...(exited?.exit_code === undefined ? {} : { exitCode: exited.exit_code }),
  ...(exited?.signal === undefined ? {} : { signal: exited.signal }),
});
