import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { stringify } from 'yaml';
import { type ControlAnswer, type ControlState, controlSubject } from '#libs/contracts';
import { validateControlState } from '#libs/contracts/schemas';
import { createTestDatabase, FaultProxy, startTestNats, type TestDatabase, type TestNats } from '#libs/testing';
import { startOrchestrator } from '../../src/orchestrator.ts';
import { Log } from '../../src/platform/log/log.ts';
import { buildConfiguration } from './configuration-builder.ts';
import { ask } from './key-ring.ts';
import { readWhole } from './log-builder.ts';

const TENANT = 'test';

/** One of the orchestrators of a stage. */
export interface StagedOrchestrator {
  app: NestFastifyApplication;
  url: string;
  stopFile: string;
}

/** Orchestrators on one database, which may fall silent, and one NATS server, on which everything that agents are told is heard. */
export class ControlStage {
  readonly heard: { state: ControlState; atMs: number }[] = [];
  private readonly running: StagedOrchestrator[] = [];

  private constructor(
    readonly dir: string,
    readonly database: TestDatabase,
    readonly proxy: FaultProxy,
    readonly nats: TestNats,
  ) {}

  static async open(): Promise<ControlStage> {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-control-stage-'));
    writeFileSync(join(dir, 'catalogue.yaml'), stringify({ agents: [], services: [] }));
    const [database, nats] = await Promise.all([createTestDatabase(), startTestNats({ tenant: TENANT })]);
    const stage = new ControlStage(dir, database, await FaultProxy.start(database.appUrl), nats);
    await stage.listen();
    return stage;
  }

  /** @param settings another `STOP_FILE` is another place; without one it is as the one before it, on the same files */
  async launch(settings: Readonly<Record<string, string>> = {}): Promise<StagedOrchestrator> {
    const config = buildConfiguration({
      PORT: '0',
      DATABASE_URL: this.proxy.url,
      MIGRATION_DATABASE_URL: this.database.ownerUrl,
      NATS_URL: this.nats.url,
      NATS_NKEY_SEED_FILE: this.nats.seedFile('orchestrator'),
      TENANT,
      KEY_DIR: join(this.dir, 'keys'),
      CATALOGUE_FILE: join(this.dir, 'catalogue.yaml'),
      ADMIN_KEY_FILE: join(this.dir, 'keys', 'admin.key'),
      ...settings,
    });
    const app = (await startOrchestrator(config)) as NestFastifyApplication;
    const launched = { app, url: await app.getUrl(), stopFile: config.stopFile };
    this.running.push(launched);
    return launched;
  }

  get adminKey(): string {
    return readFileSync(join(this.dir, 'keys', 'admin.key'), 'utf8').trim();
  }

  /** Asks as an admin; tells what was answered, and how long it took. */
  async post(
    { url }: StagedOrchestrator,
    path: string,
    body: object = {},
  ): Promise<{ status: number; answer: ControlAnswer; tookMs: number; askedAtMs: number }> {
    const askedAtMs = performance.now();
    const response = await ask({ url }, path, { key: this.adminKey, body: { reason: 'a test', ...body } });
    const answer = (await response.json()) as ControlAnswer;
    return { status: response.status, answer, tookMs: performance.now() - askedAtMs, askedAtMs };
  }

  /** What agents were told since, as states in their order. */
  heardSince(atMs: number): ControlState[] {
    return this.heard.filter((one) => one.atMs > atMs).map(({ state }) => state);
  }

  /** What the log holds of stops and resumptions. */
  async stored({ app }: StagedOrchestrator): Promise<string[]> {
    const events = await readWhole(app.get(Log));
    return events
      .filter(({ stream }) => stream === 'control')
      .map(({ type, data, metadata }) => `${type} ${data['scope'] as string} ${metadata.actor}`);
  }

  async listen(): Promise<void> {
    const listening = await this.nats.connectRaw('administrator');
    listening.subscribe(controlSubject(TENANT), {
      callback: (_error, message) => {
        const state = validateControlState(message.json());
        if (state.valid) this.heard.push({ state: state.value, atMs: performance.now() });
      },
    });
    await listening.flush();
  }

  async close(): Promise<void> {
    this.proxy.recover();
    for (const { app } of this.running) await app.close();
    await this.nats.stop();
    await this.proxy.leave();
    await this.database.drop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
