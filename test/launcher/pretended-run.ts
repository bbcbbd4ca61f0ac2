import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const STAYS = 'setInterval(() => {}, 1000); console.log("up");';
/** In the place of an agent: starts the script that it is given, and says with which number. */
const AGENT = `const { spawn } = require('node:child_process');
const child = spawn(process.execPath, [process.argv[2]], { stdio: ['ignore', 'pipe', 'ignore'] });
child.stdout.once('data', () => console.log(child.pid));
setInterval(() => {}, 1000);`;
const NOBODY = 'http://127.0.0.1:1';

/** What npm start leaves on a machine, as far as npm run break looks at it: real processes and run.json, without any server. */
export class PretendedRun {
  readonly stateDir = mkdtempSync(join(tmpdir(), 'zantara-pretended-'));
  private readonly children: ChildProcess[] = [];

  write(name: string, content: string): string {
    const file = join(this.stateDir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Runs the script, and answers its pid and the number that it says first. */
  async run(...args: string[]): Promise<{ pid: number; says: number }> {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    this.children.push(child);
    const says = await new Promise((resolve) => child.stdout.once('data', resolve));
    return { pid: child.pid ?? 0, says: Number(says) };
  }

  /** Answers its pid, and that of what it started. */
  runAgent(script: string): Promise<{ pid: number; says: number }> {
    return this.run(this.write('agent.cjs', AGENT), script);
  }

  /** A launcher runs, and has written down this agent. */
  async writeDown(agentPid: number): Promise<void> {
    const { pid } = await this.run(this.write('start.mjs', STAYS));
    const service = { id: 'rag', role: 'rag', url: NOBODY, config_file: join(this.stateDir, 'rag.yaml') };
    const run = { launcher_pid: pid, api_url: NOBODY, users_url: NOBODY, pids: { 'rag-agent': agentPid }, services: [service] };
    this.write('run.json', JSON.stringify(run));
  }

  end(): void {
    // With what they started.
    for (const { pid } of this.children) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
