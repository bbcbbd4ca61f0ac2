import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { waitUntil } from '#libs/testing';
import { buildErrorReported } from '../../../test/builders/incident-builder.ts';
import { ask } from '../../../test/builders/key-ring.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const AGENT = 'memory-agent';
/** Nothing answers there, so that a look at it fails. */
const NOBODY = 'http://127.0.0.1:1/health';

/** Answers every look. */
const answering = createServer((_request, response) => response.end());

let dir: string;
let orchestrator: RunningOrchestrator;

async function post(path: string, body: object): Promise<void> {
  const answer = await ask(orchestrator, path, { key: orchestrator.adminKey, body: { reason: 'a test', ...body } });
  expect([path, answer.status]).toEqual([path, 200]);
}

/** Its agent says so once, and never again. */
const reportOnce = (target: string, ageMs = 0): Promise<void> =>
  store(
    orchestrator.log,
    logStreams.reports(AGENT),
    buildErrorReported({ target, fingerprint: `fp@1:${target}`, observed_at: new Date(Date.now() - ageMs).toISOString() }),
  );

async function decisionsOn(target: string): Promise<string[]> {
  const events = await readWhole(orchestrator.log);
  return events
    .filter(({ type, data }) => type === 'DecisionMade' && data['target'] === target)
    .map(({ data }) => `${data['verdict'] as string} ${data['reason_code'] as string}`);
}

/** Its agent says so in a heartbeat. */
const sayHealthy = (id: string): Promise<void> =>
  store(orchestrator.log, logStreams.service(id), {
    type: 'ServiceStateChanged',
    data: { service_id: id, from: 'unknown', to: 'healthy', agent_id: AGENT, reason_code: 'heartbeat' },
  });

const untilDecided = (target: string, decision: string): Promise<void> =>
  waitUntil(async () => (await decisionsOn(target)).includes(decision));

/** An event of this type was stored, and those who decide have taken in what was stored until then. */
async function untilHandled(type: string): Promise<void> {
  await waitUntil(async () => (await readWhole(orchestrator.log)).some((event) => event.type === type));
  const { position } = await orchestrator.log.store.head();
  await waitUntil(async () => (await orchestrator.log.checkpoints.load('healing')) >= position);
}

/** The one that there is. */
async function endFreeze(): Promise<void> {
  const answer = await ask(orchestrator, '/api/policy', { key: orchestrator.adminKey });
  const { freezes } = (await answer.json()) as { freezes: { freeze_id: string }[] };
  await post(`/api/freezes/${freezes[0]?.freeze_id}/end`, {});
}

async function listen(): Promise<string> {
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve));
  const address = answering.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/health` : NOBODY;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-deferred-'));
  const service = { probe_url: NOBODY, single_replica: true, owner_agent: AGENT, autonomy: 'auto' };
  const catalogue = {
    agents: [{ id: AGENT, class: 'service' }],
    services: [
      ...['frozen', 'stopped', 'late', 'checked'].map((id) => ({ id, ...service })),
      { id: 'well', ...service, probe_url: await listen() },
    ],
    policy: [
      { settings: { blast_radius_share: 1, storm_min_targets: 10 } },
      { scope: 'service:well', settings: { max_evidence_age_ms: 1 } },
    ],
  };
  writeFileSync(join(dir, 'catalogue.yaml'), stringify(catalogue));
  orchestrator = await RunningOrchestrator.start({ CATALOGUE_FILE: join(dir, 'catalogue.yaml') });
}, 60_000);
afterAll(async () => {
  await orchestrator.stop();
  answering.close();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

describe('what was deferred', () => {
  it('is decided about again when nothing speaks against it any more, though nobody reports it again', async () => {
    await post('/api/freezes', { scope: 'service:frozen' });
    await reportOnce('frozen');
    await untilDecided('frozen', 'defer freeze:frozen');
    await endFreeze();
    await untilDecided('frozen', 'act all-guards-allow');
    expect(await decisionsOn('frozen')).toEqual(['defer freeze:frozen', 'act all-guards-allow']);
  }, 60_000);

  it('is decided about again as well when it was denied by a stop, which somebody has ended', async () => {
    await post('/api/stop', { scope: 'service:stopped' });
    await reportOnce('stopped');
    await untilDecided('stopped', 'deny kill-switch:healing-is-stopped');
    await post('/api/resume', { scope: 'service:stopped' });
    await untilDecided('stopped', 'act all-guards-allow');
    expect(await decisionsOn('stopped')).toHaveLength(2);
  }, 60_000);

  it('is so still when its agent was wrong in saying that it is over', async () => {
    await post('/api/freezes', { scope: 'service:checked' });
    await reportOnce('checked');
    await untilDecided('checked', 'defer freeze:frozen');
    await sayHealthy('checked');
    await untilDecided('checked', 'confirm said-to-be-healthy');
    await reportOnce('checked');
    await untilHandled('IncidentReopened');
    await endFreeze();
    await untilDecided('checked', 'act all-guards-allow');
  }, 60_000);

  it('rests on an own look where the report is old, as after an outage', async () => {
    await reportOnce('late', 300_000);
    await untilDecided('late', 'act all-guards-allow');
    const events = await readWhole(orchestrator.log);
    const decision = events.find(({ type, data }) => type === 'DecisionMade' && data['target'] === 'late');
    expect(decision?.data['inputs']).toMatchObject({ probe: { ok: false } });
  }, 60_000);

  it('is checked where its agent called it healthy before the report, which is old by now, and it answers', async () => {
    await sayHealthy('well');
    await reportOnce('well');
    await untilDecided('well', 'confirm said-to-be-healthy');
    expect(await decisionsOn('well')).toEqual(['defer fresh-evidence:target-answers-probes', 'confirm said-to-be-healthy']);
  }, 60_000);
});
