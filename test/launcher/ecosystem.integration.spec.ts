import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmptyDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { ensureNkey } from '../../scripts/infra/nkeys.mjs';
import {
  ecosystemAgents,
  type PreparedEcosystem,
  prepareEcosystem,
  type RunningEcosystem,
  startEcosystem,
} from '../../scripts/launcher/ecosystem.mjs';
import { isAlive, processesOn } from './running-launcher.ts';

const SUFFIX = '-r3';

let dir: string;
let database: TestDatabase;
let running: RunningEcosystem | undefined;

/** Without NATS and without an orchestrator: the agents and services start all the same. */
const prepare = (): Promise<PreparedEcosystem> =>
  prepareEcosystem({
    dir: join(dir, 'example'),
    suffix: SUFFIX,
    keyDir: dir,
    publicKeysFile: join(dir, 'command-signing.public.json'),
    superuserUrl: database.superuserUrl,
    natsUrl: 'nats://127.0.0.1:1',
    seedFileOf: (agentId) => ensureNkey(dir, agentId).seedFile,
    tenant: 'test',
  });

const start = (prepared: PreparedEcosystem, signal = new AbortController().signal): Promise<RunningEcosystem> =>
  startEcosystem(prepared, { env: { PATH: process.env['PATH'] }, logDir: join(dir, 'logs'), signal });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-ecosystem-'));
  mkdirSync(join(dir, 'logs'));
  database = await createEmptyDatabase();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
afterAll(async () => {
  await withClient(database.superuserUrl, async (client) => {
    await client.query('DROP DATABASE IF EXISTS example_memory_r3 WITH (FORCE)');
    await client.query('DROP ROLE IF EXISTS example_memory_r3');
  });
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

describe('the ecosystem on servers of somebody else', () => {
  it('has the suffix at the end of every id, also where one names another', async () => {
    const { agents, services, catalogueFile } = await prepare();
    expect(services.map(({ id }) => id)).toEqual(['memory-r3', 'rag-r3', 'gateway-r3']);
    expect(agents.map(({ id }) => id)).toEqual(ecosystemAgents(SUFFIX).map(({ agentId }) => agentId));
    expect(readFileSync(catalogueFile, 'utf8')).toContain("depends_on: ['memory-r3']");
  });

  it('keeps its ports from one preparation to the next', async () => {
    const first = await prepare();
    expect((await prepare()).services).toEqual(first.services);
  });

  it('listens where no outgoing connection can have taken the port', async () => {
    const { services } = await prepare();
    const [lowest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t').map(Number);
    expect(services.filter(({ port }) => port >= Number(lowest))).toEqual([]);
  });

  it('comes up whole, tells the process of each service, and leaves nothing', async () => {
    running = await start(await prepare());
    for (const { url, findPid } of running.services) {
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect(isAlive(findPid() ?? 0)).toBe(true);
    }
    await waitUntil(async () => {
      const response = await fetch(`${running?.users.url}/stats`);
      return /"answered":[1-9]/.test(await response.text());
    });
    await running.stop();
    expect(processesOn(dir)).toEqual([]);
  }, 60_000);

  it('ends what has begun when one service does not come up', async () => {
    const prepared = await prepare();
    const rag = prepared.agents.find(({ role }) => role === 'rag');
    writeFileSync(rag?.configFile ?? '', 'no: configuration');
    await expect(start(prepared)).rejects.toThrow(`rag-agent${SUFFIX} ended with code`);
    expect(processesOn(dir)).toEqual([]);
  }, 60_000);

  it('ends what has begun when it is told to stop', async () => {
    const stopping = new AbortController();
    const starting = start(await prepare(), stopping.signal);
    stopping.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    expect(processesOn(dir)).toEqual([]);
  }, 60_000);
});
