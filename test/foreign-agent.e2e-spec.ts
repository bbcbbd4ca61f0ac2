import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { IncidentPageSchema } from '#libs/contracts/schemas';
import { createTestDatabase, freePort, startTestNats, type TestDatabase, type TestNats, waitUntil } from '#libs/testing';
import { DocumentedAgent } from './foreign-agent/documented-agent.ts';
import { ChildProgram } from './system/child-program.ts';

const TENANT = 'foreign';
const AGENT = 'raw-agent';

describe('an agent written from docs/writing-an-agent.md, without any library of ours', () => {
  const dir = mkdtempSync(join(tmpdir(), 'zantara-foreign-'));
  const service = createServer((_request, response) => response.end('ok'));
  let database: TestDatabase;
  let nats: TestNats;
  let orchestrator: ChildProgram;
  let agent: DocumentedAgent;
  let apiPort: number;

  beforeAll(async () => {
    [database, nats] = await Promise.all([
      createTestDatabase(),
      startTestNats({ tenant: TENANT, agents: [{ agentClass: 'service', agentId: AGENT }] }),
    ]);
    apiPort = await freePort();
    const servicePort = await freePort();
    const entry = {
      id: 'shop',
      probe_url: `http://127.0.0.1:${servicePort}/`,
      single_replica: true,
      owner_agent: AGENT,
      autonomy: 'auto',
    };
    writeFileSync(join(dir, 'catalogue.yaml'), stringify({ agents: [{ id: AGENT, class: 'service' }], services: [entry] }));
    orchestrator = new ChildProgram('orchestrator', ['dist/src/main.js'], {
      PORT: String(apiPort),
      DATABASE_URL: database.appUrl,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
      TENANT,
      KEY_DIR: join(dir, 'keys'),
      CATALOGUE_FILE: join(dir, 'catalogue.yaml'),
      ADMIN_KEY_FILE: join(dir, 'keys', 'admin.key'),
      ANONYMOUS_ROLE: 'viewer',
    });
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${apiPort}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil(isReady, { everyMs: 50 });
    agent = new DocumentedAgent({
      natsUrl: nats.url,
      seed: readFileSync(nats.seedFile(AGENT), 'utf8'),
      keysFile: join(dir, 'keys', 'command-signing.public.json'),
      tenant: TENANT,
      agentId: AGENT,
      act: () => new Promise((resolve) => service.listen(servicePort, '127.0.0.1', () => resolve())),
    });
    await agent.start();
  }, 60_000);

  afterAll(async () => {
    agent.nats.close();
    await orchestrator.end();
    await nats.stop();
    await database.drop();
    service.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('verifies the control state that it reads', async () => {
    await waitUntil(() => agent.control?.state === 'running');
  });

  it('reports, gets receipts, carries out one signed command, and is believed only after six probes', async () => {
    const id = randomUUID();
    const error = {
      id,
      timestamp: new Date().toISOString(),
      source: 'backend-shop',
      type: 'health',
      severity: 'critical',
      data: { check: 'http', reason: 'exited', consecutive_failures: 0 },
      context: {},
    };
    agent.send('report', { items: [{ error }, { error: { id: 'broken' } }] });
    await waitUntil(() => agent.receipts.some(({ ids }) => ids.includes(id)));
    expect(agent.receipts[0]).toMatchObject({ kind: 'report', rejected: [{ id: 'broken', reason_code: 'invalid-report' }] });
    expect(JSON.parse(agent.answers[0] ?? '{}')).toMatchObject({ stream: 'ZT_FOREIGN_REPORTS', seq: 1 });

    const incident = async (): Promise<string | undefined> => {
      const response = await fetch(`http://127.0.0.1:${apiPort}/api/incidents`);
      return IncidentPageSchema.parse(await response.json()).items[0]?.state;
    };
    await waitUntil(async () => (await incident()) === 'resolved', { everyMs: 100 });
    expect(agent.commands).toHaveLength(1);
    const results = agent.receipts.filter(({ kind }) => kind === 'result').flatMap(({ ids }) => ids);
    expect(results.map((result) => result.slice(result.lastIndexOf(':') + 1))).toEqual(['acknowledged', 'succeeded']);
    expect(agent.nats.errors).toEqual([]);
  }, 60_000);
});
