import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePorts, waitUntil } from '#libs/testing';
import { AGENT, TENANT } from './orchestrator-double.ts';

interface AgentOverrides {
  readonly onAgentStop?: 'keep' | 'stop';
  readonly drain?: boolean;
  readonly maxActions?: number;
  /** More arguments of the service. */
  readonly args?: readonly string[];
  /** What the shell has set that the agent is started from. */
  readonly shell?: Readonly<Record<string, string>>;
}

interface NatsCredentials {
  readonly url: string;
  seedFile(user: string): string;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** The agent as a process of its own with a child to supervise, and everything of theirs in one directory. */
export class AgentProcess {
  readonly dir = mkdtempSync(join(tmpdir(), 'zantara-agent-'));
  readonly keysFile = join(this.dir, 'command-signing.public.json');
  private agent: ChildProcess | undefined;

  private constructor(
    private readonly servicePort: number,
    private readonly agentPort: number,
  ) {}

  static async prepare(): Promise<AgentProcess> {
    const [servicePort = 0, agentPort = 0] = await freePorts([0, 0]);
    return new AgentProcess(servicePort, agentPort);
  }

  get serviceUrl(): string {
    return `http://127.0.0.1:${this.servicePort}`;
  }

  /** The pids of all starts of the service so far. */
  get ledger(): number[] {
    const file = join(this.dir, 'ledger');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  }

  get servicePid(): number {
    return this.ledger.at(-1) ?? 0;
  }

  get isServiceAlive(): boolean {
    return this.ledger.length > 0 && isAlive(this.servicePid);
  }

  get isAgentAlive(): boolean {
    return this.agent?.pid !== undefined && isAlive(this.agent.pid);
  }

  /** What the agent's own metrics say now. */
  async readMetrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.agentPort}/metrics`)).text();
  }

  setMode(mode: 'normal' | 'broken' | 'unready' | 'deaf'): void {
    writeFileSync(join(this.dir, 'mode'), mode);
  }

  read(file: string): string {
    const path = join(this.dir, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** As the operating system has them. */
  get serviceArguments(): string[] {
    return readFileSync(`/proc/${this.servicePid}/cmdline`, 'utf8').split('\0');
  }

  start(nats: NatsCredentials, over: AgentOverrides = {}): void {
    const config = join(this.dir, 'agent.yaml');
    writeFileSync(config, stringify(this.describe(nats, over)));
    const log = openSync(join(this.dir, 'agent.log'), 'a');
    this.agent = spawn(process.execPath, [resolve('dist/libs/service-agent/src/main.js'), '--config', config], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...over.shell },
    });
  }

  async untilServing(): Promise<void> {
    const isServing = async (): Promise<boolean> => (await fetch(this.serviceUrl).catch(() => undefined))?.ok === true;
    await waitUntil(isServing, { everyMs: 25 }).catch((error: unknown) => {
      const said = [this.read('agent.log'), this.read('state/services/memory/output.log')].join('\n');
      throw new Error(`the service does not answer:\n${said}`, { cause: error });
    });
  }

  killService(): void {
    process.kill(this.servicePid, 'SIGKILL');
  }

  /** kill -9 of the agent alone. */
  async kill(): Promise<void> {
    this.agent?.kill('SIGKILL');
    await waitUntil(() => !this.isAgentAlive);
  }

  /** Asked again and again until it has ended. */
  async stop(): Promise<void> {
    await waitUntil(
      () => {
        if (this.isAgentAlive) this.agent?.kill('SIGTERM');
        return !this.isAgentAlive;
      },
      { everyMs: 10 },
    );
  }

  async dispose(): Promise<void> {
    await this.kill();
    if (this.isServiceAlive) this.killService();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private describe(nats: NatsCredentials, over: AgentOverrides): object {
    return {
      tenant: TENANT,
      agent_id: AGENT.agentId,
      nats_url: nats.url,
      nkey_seed_file: nats.seedFile(AGENT.agentId),
      orchestrator_keys_file: this.keysFile,
      state_dir: join(this.dir, 'state'),
      heartbeat_interval_ms: 250,
      local_endpoint: { port: this.agentPort },
      services: [
        {
          id: 'memory',
          process: {
            command: process.execPath,
            args: [fileURLToPath(new URL('./child-service.mjs', import.meta.url)), ...(over.args ?? [])],
            env: { PORT: String(this.servicePort), LEDGER: join(this.dir, 'ledger'), MODE_FILE: join(this.dir, 'mode') },
            port: this.servicePort,
            on_agent_stop: over.onAgentStop ?? 'keep',
          },
          health: { url: `${this.serviceUrl}/`, interval_ms: 200, timeout_ms: 150, repeat_ms: 400 },
          restart: { ready_timeout_ms: 5_000, ...(over.drain === true ? { drain_url: `${this.serviceUrl}/drain` } : {}) },
          max_actions_per_hour: over.maxActions ?? 5,
        },
      ],
    };
  }
}
