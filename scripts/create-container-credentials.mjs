// Makes what docker-compose.yml mounts: passwords, NATS keys and the configuration of nats-server, in .zantara/containers.
// Each argument is the id of a service agent that may connect; the reader of the feeds may anyway. What exists is kept; run it again to let another agent in.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureDeps, root } from './bootstrap.mjs';

checkNode();
await ensureDeps();
await ensureBuild();
const { computeAgentPermissions, computeFeedReaderPermissions, computeOrchestratorPermissions, FEED_READER } =
  await import('#libs/contracts');
const { computeNatsConfig } = await import('./infra/nats-config.mjs');
const { ensureNkey } = await import('./infra/nkeys.mjs');

const TENANT = 'main';
const directory = join(root, '.zantara/containers');
mkdirSync(directory, { recursive: true, mode: 0o700 });

const passwords = join(directory, 'compose.env');
if (!existsSync(passwords)) {
  const lines = ['POSTGRES', 'OWNER', 'APP', 'ANALYST'].map(
    (role) => `ZANTARA_${role}_PASSWORD=${randomBytes(24).toString('hex')}\n`,
  );
  writeFileSync(passwords, lines.join(''), { mode: 0o600 });
}

const keys = join(directory, 'keys');
const users = [
  { ...ensureNkey(keys, 'orchestrator'), permissions: computeOrchestratorPermissions(TENANT) },
  { ...ensureNkey(keys, FEED_READER), permissions: computeFeedReaderPermissions(TENANT) },
  ...process.argv.slice(2).map((agentId) => ({
    ...ensureNkey(keys, agentId),
    permissions: computeAgentPermissions({ tenant: TENANT, agentClass: 'service', agentId }),
  })),
];
// The containers run as other users than the one who made these files: the folder keeps everybody else on the host away from them.
writeFileSync(join(directory, 'nats.conf'), computeNatsConfig({ port: 4222, storeDir: '/data/jetstream', users }), {
  mode: 0o644,
});
chmodSync(join(keys, 'orchestrator.nk'), 0o644);
console.log(`${directory}: ${users.map(({ name }) => name).join(', ')}`);
