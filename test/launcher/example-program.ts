import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort, waitUntil } from '#libs/testing';

/** One program of the example as a process of its own, from its source, with a configuration file of its own. */
export class ExampleProgram {
  output = '';
  readonly url: string;
  private readonly dir = mkdtempSync(join(tmpdir(), 'zantara-example-'));
  private readonly child: ChildProcess;

  private constructor(role: string, configuration: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    const file = join(this.dir, `${role}.yaml`);
    writeFileSync(file, configuration);
    const loader = ['--disable-warning=ExperimentalWarning', '--import', resolve('scripts/typescript-loader.mjs')];
    this.child = spawn(process.execPath, [...loader, resolve(`examples/ecosystem/${role}/src/main.ts`), file], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** With a port of its own unless the configuration names one. */
  static async start(role: string, configuration: Readonly<Record<string, unknown>>): Promise<ExampleProgram> {
    const port = await freePort();
    return new ExampleProgram(role, stringify({ port, ...configuration }), port);
  }

  static startWithText(role: string, configuration: string): ExampleProgram {
    return new ExampleProgram(role, configuration, 0);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** Of GET /health; `undefined` while nobody answers. */
  async health(): Promise<number | undefined> {
    return (await fetch(`${this.url}/health`).catch(() => undefined))?.status;
  }

  async untilUp(): Promise<this> {
    await waitUntil(async () => this.hasEnded() || (await this.health()) === 200);
    if (this.hasEnded()) throw new Error(`the program ended with ${this.exitCode}: ${this.output}`);
    return this;
  }

  async untilEnded(): Promise<number | null> {
    await waitUntil(() => this.hasEnded());
    return this.exitCode;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.untilEnded();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
