import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { stringify } from 'yaml';
import type { Strategy } from '#libs/fix-strategies';
import { createTestDatabase, startTestNats, type TestDatabase, type TestNats, waitUntil } from '#libs/testing';
import { startOrchestrator } from '../../src/orchestrator.ts';
import { Log } from '../../src/platform/log/log.ts';
import { Projections } from '../../src/platform/projections/projections.ts';
import { buildConfiguration } from './configuration-builder.ts';

const CATALOGUE = {
  agents: [{ id: 'memory-agent', class: 'service' }],
  // Nobody is healed here: specs want to see what they stored, and nothing else.
  services: [{ id: 'memory', probe_url: 'http://127.0.0.1:1/health', owner_agent: 'memory-agent', autonomy: 'off' }],
};

/** The whole orchestrator inside the test's process, on a fresh database and a NATS server of its own. */
export class RunningOrchestrator {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly parts: { nats: TestNats; database: TestDatabase; dir: string },
  ) {}

  /**
   * @param settings beside those that name its servers and files
   * @param catalogue as its file has it
   * @param strategies what it may try; those of the product unless told
   */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    { catalogue = CATALOGUE, strategies }: { catalogue?: object; strategies?: readonly Strategy[] } = {},
  ): Promise<RunningOrchestrator> {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-orchestrator-'));
    writeFileSync(join(dir, 'catalogue.yaml'), stringify(catalogue));
    const agents = [{ agentClass: 'service' as const, agentId: 'memory-agent' }];
    const [database, nats] = await Promise.all([createTestDatabase(), startTestNats({ agents })]);
    const config = buildConfiguration({
      PORT: '0',
      DATABASE_URL: database.appUrl,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
      KEY_DIR: join(dir, 'keys'),
      CATALOGUE_FILE: join(dir, 'catalogue.yaml'),
      ADMIN_KEY_FILE: join(dir, 'keys', 'admin.key'),
      // Specs that are not about keys read without one.
      ANONYMOUS_ROLE: 'analyst',
      ...settings,
    });
    const app = (await startOrchestrator(config, { strategies })) as NestFastifyApplication;
    return new RunningOrchestrator(app, await app.getUrl(), { nats, database, dir });
  }

  get log(): Log {
    return this.app.get(Log);
  }

  /** The first admin key, which was made at the first start. */
  get adminKey(): string {
    return readFileSync(join(this.parts.dir, 'keys', 'admin.key'), 'utf8').trim();
  }

  /** Of its database, with every right. */
  get ownerUrl(): string {
    return this.parts.database.ownerUrl;
  }

  /** The public half of what signs its commands. */
  get keysFile(): string {
    return join(this.parts.dir, 'keys', 'command-signing.public.json');
  }

  get nats(): TestNats {
    return this.parts.nats;
  }

  /** With every right on it. */
  get databaseUrl(): string {
    return this.parts.database.ownerUrl;
  }

  fetch(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers });
  }

  /** Until a reader has seen everything that is in the log now. */
  async waitForReader(name: string): Promise<void> {
    const { position } = await this.log.store.head();
    await waitUntil(async () => (await this.log.checkpoints.load(name)) >= position);
  }

  /** Until a read model shows everything that is in the log now. */
  async waitForReadModel(name: string): Promise<void> {
    const { position } = await this.log.store.head();
    await waitUntil(async () => (await this.app.get(Projections).position(name)) >= position);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.nats.stop();
    await this.parts.database.drop();
    rmSync(this.parts.dir, { recursive: true, force: true });
  }
}
