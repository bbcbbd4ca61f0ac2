import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Problem } from '#libs/contracts';
import { createTestDatabase, FaultProxy, type TestDatabase } from '#libs/testing';
import { ask, createKey, idOfKey } from '../../test/builders/key-ring.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';

let database: TestDatabase;
let proxy: FaultProxy;
let orchestrator: RunningOrchestrator;

beforeAll(async () => {
  // What else goes wrong without a database is not what this is about.
  jest.spyOn(AppLogger.prototype, 'problem').mockReturnValue(undefined);
  database = await createTestDatabase();
  proxy = await FaultProxy.start(database.appUrl);
  orchestrator = await RunningOrchestrator.start({
    ANONYMOUS_ROLE: 'none',
    DATABASE_URL: proxy.url,
    MIGRATION_DATABASE_URL: database.ownerUrl,
  });
}, 60_000);
afterAll(async () => {
  await proxy.leave();
  await orchestrator.stop();
  await database.drop();
  jest.restoreAllMocks();
}, 60_000);

describe('while nothing comes from PostgreSQL', () => {
  it('tells people apart as it last could, and keeps nobody waiting for a second', async () => {
    const sre = await createKey(orchestrator, { owner: 'sre', role: 'sre' });
    const revoked = await createKey(orchestrator, { owner: 'gone', role: 'sre' });
    await ask(orchestrator, `/api/keys/${idOfKey(revoked)}/revoke`, { key: orchestrator.adminKey, body: { reason: 'test' } });
    proxy.fallSilent();
    const codes: unknown[] = [];
    // Longer than what is known stays fresh.
    for (const endAt = performance.now() + 3_000; performance.now() < endAt;) {
      const startedAt = performance.now();
      const answers = await Promise.all([
        ask(orchestrator, '/api/whoami', { key: sre }),
        ask(orchestrator, '/api/keys', { key: sre, body: {} }),
        ask(orchestrator, '/api/whoami', { key: revoked }),
        ask(orchestrator, '/api/whoami', { key: 'zt_garbage' }),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Partial<Problem & { owner: string }>[];
      codes.push(bodies.map(({ code, owner }) => code ?? owner));
    }
    expect(new Set(codes.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(['sre', 'role-missing', 'key-revoked', 'key-unknown'])]),
    );
  });
});
