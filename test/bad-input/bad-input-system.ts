import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  createTestDatabase,
  freePort,
  startTestNats,
  type TestDatabase,
  type TestNats,
  waitUntil,
  withClient,
} from '#libs/testing';
import type { FuzzMessage } from '../../bench/fuzz/fuzz-message.ts';
import { Ledger, sumTallies, type Tally } from '../../bench/fuzz/ledger.ts';
import { MessageSender } from '../../bench/fuzz/message-sender.ts';
import { countReasons, countUnreadableReasons, readStored } from '../../bench/fuzz/read-stored.ts';
import { HEAP_LIMIT_FLAG } from '../../bench/fuzz/heap-limit.ts';
import { VitalSigns } from '../../bench/fuzz/vital-signs.ts';
import { ChildProgram } from '../system/child-program.ts';

export const AGENT = { tenant: 'test', agentClass: 'service', agentId: 'odd-agent' } as const;

interface Parts {
  dir: string;
  database: TestDatabase;
  nats: TestNats;
  orchestrator: ChildProgram;
  url: string;
}

/** An orchestrator as a process of its own, and somebody with an agent's credential who sends it whatever he likes. */
export class BadInputSystem {
  private constructor(
    private readonly parts: Parts,
    readonly sender: MessageSender,
    readonly vitals: VitalSigns,
  ) {}

  static async start(): Promise<BadInputSystem> {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-bad-input-'));
    const { tenant, ...agent } = AGENT;
    const [database, nats, port] = await Promise.all([
      createTestDatabase(),
      startTestNats({ tenant, agents: [agent] }),
      freePort(),
    ]);
    writeFileSync(
      join(dir, 'catalogue.yaml'),
      stringify({ agents: [{ id: agent.agentId, class: agent.agentClass }], services: [] }),
    );
    const orchestrator = new ChildProgram('orchestrator', [HEAP_LIMIT_FLAG, 'dist/src/main.js'], {
      PORT: String(port),
      DATABASE_URL: database.appUrl,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
      TENANT: tenant,
      KEY_DIR: join(dir, 'keys'),
      CATALOGUE_FILE: join(dir, 'catalogue.yaml'),
      ADMIN_KEY_FILE: join(dir, 'keys', 'admin.key'),
      ANONYMOUS_ROLE: 'viewer',
    });
    const url = `http://127.0.0.1:${port}`;
    const isReady = (): Promise<boolean> =>
      fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil(isReady, { withinMs: 60_000, everyMs: 50 });
    const sender = await MessageSender.open(nats, AGENT);
    return new BadInputSystem({ dir, database, nats, orchestrator, url }, sender, new VitalSigns(url, orchestrator.pid));
  }

  get nats(): TestNats {
    return this.parts.nats;
  }

  get keysFile(): string {
    return join(this.parts.dir, 'keys', 'command-signing.public.json');
  }

  get url(): string {
    return this.parts.url;
  }

  get logUrl(): string {
    return this.parts.database.ownerUrl;
  }

  get orchestrator(): ChildProgram {
    return this.parts.orchestrator;
  }

  /** Sends them, waits until they are settled, and says what became of them. */
  async take(messages: Iterable<FuzzMessage>): Promise<Tally> {
    const ledger = new Ledger();
    await this.sender.sendAll(messages, ledger);
    await this.sender.untilSettled();
    return withClient(this.logUrl, async (client) => sumTallies(ledger.settle(await readStored(client, AGENT.agentId)).values()));
  }

  reasons(): Promise<{ byCode: Record<string, number>; unreadable: number }> {
    return withClient(this.logUrl, async (client) => ({
      byCode: await countReasons(client),
      unreadable: await countUnreadableReasons(client),
    }));
  }

  /** The stored events of one type, the newest first. */
  async stored(type: string, limit = 1): Promise<{ payload: string }[]> {
    return withClient(this.logUrl, async (client) => {
      const text = 'SELECT payload FROM events WHERE type = $1 ORDER BY position DESC LIMIT $2';
      return (await client.query<{ payload: string }>(text, [type, limit])).rows;
    });
  }

  async stop(): Promise<void> {
    await this.vitals.stop();
    this.sender.close();
    await this.parts.orchestrator.end();
    await this.parts.nats.stop();
    await this.parts.database.drop();
    rmSync(this.parts.dir, { recursive: true, force: true });
  }
}
