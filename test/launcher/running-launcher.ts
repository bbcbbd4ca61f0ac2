import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '#libs/testing';

/** What the launcher writes down of a running instance. */
export interface RunFile {
  launcher_pid: number;
  api_url: string;
  nats_url: string;
  pids: Record<string, number>;
  services?: { id: string; url: string; config_file: string }[];
  users_url?: string;
}

/** Throws when nobody wrote it down: the number 0 would mean whoever asks. */
export function pidOf({ pids }: Pick<RunFile, 'pids'>, name: string): number {
  const pid = pids[name];
  if (pid === undefined) throw new Error(`no pid of ${name} was written down, only of ${Object.keys(pids).join(', ')}`);
  return pid;
}

const isRunFile = (value: unknown): value is RunFile => typeof value === 'object' && value !== null && 'pids' in value;

const readOf = (pid: string, file: 'cmdline' | 'environ'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

/** Every process that works in this folder: it has it in its arguments or in its environment. */
export const processesOn = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOf(pid, 'cmdline').includes(folder) || readOf(pid, 'environ').includes(folder))
    .map((pid) => `${pid} ${readOf(pid, 'cmdline')}`);

export const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** To it and all that it started, as a terminal does. Throws when it was never started: the group 0 is our own. */
export function sendToGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) throw new Error('it was not started');
  process.kill(-pid, signal);
}

/** `npm start` as a user runs it in a terminal, on a state of its own. */
export class RunningLauncher {
  output = '';
  exitCode: number | null | undefined;
  private readonly child: ChildProcess;

  constructor(
    private readonly stateDir: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    const { NODE_ENV: _, DATABASE_URL: __, NATS_URL: ___, ...inherited } = process.env;
    this.child = spawn('npm', ['start', '--', ...args], {
      env: { ...inherited, ...environment, ZANTARA_STATE_DIR: stateDir },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own, as a shell gives it
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.once('exit', (code) => (this.exitCode = code));
  }

  get hasEnded(): boolean {
    return this.exitCode !== undefined;
  }

  get run(): RunFile {
    const file: unknown = JSON.parse(readFileSync(join(this.stateDir, 'run.json'), 'utf8'));
    if (!isRunFile(file)) throw new Error('run.json is not a run file');
    return file;
  }

  /** Waits until it says that everything runs. */
  async ready(): Promise<this> {
    await waitUntil(() => this.hasEnded || this.output.includes('Ctrl-C stops everything'), { withinMs: 90_000 });
    if (this.hasEnded) throw new Error(`npm start ended with ${this.exitCode}:\n${this.output}`);
    return this;
  }

  async ended(): Promise<number | null | undefined> {
    await waitUntil(() => this.hasEnded, { withinMs: 60_000 });
    return this.exitCode;
  }

  /** Sends the signal to npm and to the launcher, as a terminal does with Ctrl-C. */
  send(signal: NodeJS.Signals): void {
    sendToGroup(this.child, signal);
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number | null | undefined> {
    this.send(signal);
    return this.ended();
  }

  /** As when the terminal is closed: nobody reads any more. */
  async hangUp(): Promise<number | null | undefined> {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    return this.end('SIGHUP');
  }
}
