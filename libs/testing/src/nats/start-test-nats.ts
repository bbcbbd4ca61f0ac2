import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import {
  type AgentAddress,
  agentInboxPrefix,
  computeAgentPermissions,
  computeFeedReaderPermissions,
  computeOrchestratorPermissions,
  FEED_READER,
} from '#libs/contracts';
import { connectToNats, type NatsLink } from '#libs/messaging';
import { type NatsUser, type RunningNats, startNats } from '../../../../scripts/infra/nats.mjs';
import { ensureNkey } from '../../../../scripts/infra/nkeys.mjs';

export interface TestNatsOptions {
  tenant?: string;
  agents?: readonly Pick<AgentAddress, 'agentClass' | 'agentId'>[];
}

/** Users of every test server beside the reader of the feeds: the orchestrator, and one without limits for looking behind the scenes. */
const ORCHESTRATOR = 'orchestrator';
const ADMINISTRATOR = 'administrator';
/** A machine on which much else runs takes its time. */
const CONNECTS_WITHIN_MS = 20_000;

/** A real nats-server of a spec's own, with the credentials that the launcher would give out. */
export class TestNats {
  private readonly users: NatsUser[];
  private readonly connections: { close(): Promise<void> }[] = [];

  constructor(
    private readonly dir: string,
    private server: RunningNats,
    private readonly start: (port: number) => Promise<RunningNats>,
    users: readonly NatsUser[],
  ) {
    this.users = [...users];
  }

  get url(): string {
    return this.server.url;
  }

  seedFile(user: string): string {
    return join(this.dir, 'keys', `${user}.nk`);
  }

  seed(user: string): string {
    return readFileSync(this.seedFile(user), 'utf8').trim();
  }

  connectOrchestrator(): Promise<NatsLink> {
    return this.keep(connectToNats({ servers: this.url, name: ORCHESTRATOR, nkeySeed: this.seed(ORCHESTRATOR), log: () => {} }));
  }

  connectAgent(agentId: string): Promise<NatsLink> {
    const nkeySeed = this.seed(agentId);
    const inboxPrefix = agentInboxPrefix(agentId);
    return this.keep(connectToNats({ servers: this.url, name: agentId, nkeySeed, inboxPrefix, log: () => {} }));
  }

  /** A bare connection with somebody's credential, for doing what our own code wouldn't. */
  connectRaw(user: string, inboxPrefix = '_INBOX'): Promise<NatsConnection> {
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(this.seed(user)));
    return this.keep(connect({ servers: this.url, authenticator, inboxPrefix, timeout: CONNECTS_WITHIN_MS }));
  }

  /** Makes a credential, of which the server learns while it runs. */
  async addAgent(agent: AgentAddress): Promise<void> {
    this.users.push({ ...ensureNkey(join(this.dir, 'keys'), agent.agentId), permissions: computeAgentPermissions(agent) });
    await this.server.reload(this.users);
  }

  /** kill -9: what was not yet synced may be gone. */
  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.stop();
  }

  /** The same server again, on the same port; `isEmpty`: its disk was lost. */
  async restart({ isEmpty = false } = {}): Promise<void> {
    await this.server.stop();
    if (isEmpty) rmSync(join(this.dir, 'jetstream'), { recursive: true, force: true });
    this.server = await this.start(this.server.port);
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close().catch(() => undefined)));
    await this.server.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async keep<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const connection = await opening;
    this.connections.push(connection);
    return connection;
  }
}

/** Starts a nats-server for one spec: in about a tenth of a second, on a free port. */
export async function startTestNats({ tenant = 'test', agents = [] }: TestNatsOptions = {}): Promise<TestNats> {
  const dir = mkdtempSync(join(tmpdir(), 'zantara-nats-'));
  const keys = join(dir, 'keys');
  const users = [
    ensureNkey(keys, ADMINISTRATOR),
    { ...ensureNkey(keys, ORCHESTRATOR), permissions: computeOrchestratorPermissions(tenant) },
    { ...ensureNkey(keys, FEED_READER), permissions: computeFeedReaderPermissions(tenant) },
    ...agents.map((agent) => ({
      ...ensureNkey(keys, agent.agentId),
      permissions: computeAgentPermissions({ ...agent, tenant }),
    })),
  ];
  const start = (port: number): Promise<RunningNats> => startNats({ dir, cache: resolve('.zantara/nats-bin'), users, port });
  return new TestNats(dir, await start(0), start, users);
}
