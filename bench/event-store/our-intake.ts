import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { stringify } from 'yaml';
import type { TestNats } from '#libs/testing';
import { ORCHESTRATOR_FLAGS } from '../../scripts/launcher/programs.mjs';
import { Contender } from './contender.ts';
import { AGENT } from './report-messages.ts';
import type { Stage } from './stage.ts';

const STORED = { name: 'stored', text: `SELECT version FROM stream_heads WHERE stream = 'report-${AGENT.agentId}'` };

/** Starts the orchestrator's intake; answers how many reports it has committed so far. */
export async function startIntake(
  { createDatabase, opened }: Stage,
  nats: TestNats,
  tenant: string,
): Promise<() => Promise<number>> {
  const { appUrl } = await createDatabase('log');
  const folder = mkdtempSync(join(tmpdir(), 'zantara-intake-'));
  const catalogue = join(folder, 'catalogue.yaml');
  writeFileSync(catalogue, stringify({ agents: [{ id: AGENT.agentId, class: AGENT.agentClass }], services: [] }));
  const env = {
    PATH: process.env['PATH'],
    TMPDIR: process.env['TMPDIR'],
    NODE_ENV: 'production',
    DATABASE_URL: appUrl,
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
    TENANT: tenant,
    KEY_DIR: folder,
    CATALOGUE_FILE: catalogue,
  };
  // It runs what was built, as the orchestrator does, and so without the loader that we run with.
  opened(await Contender.start('intake.main.mjs', [], { env, execArgv: ORCHESTRATOR_FLAGS }));
  const client = new Client({ connectionString: appUrl });
  client.on('error', (error) => console.error(error.message));
  await client.connect();
  opened({ close: () => client.end() });
  return async () => {
    const { rows } = await client.query<{ version: number }>(STORED);
    return rows[0]?.version ?? 0;
  };
}
