import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EscalationDetail, Page, Problem, ReplayedEscalation } from '#libs/contracts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '#libs/testing';
import { buildEvidence } from '../../test/builders/incident-builder.ts';
import { ask, createKey } from '../../test/builders/key-ring.ts';
import { store } from '../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import { WebhookReceiver } from '../../test/builders/webhook-receiver.ts';
import { logStreams } from '../platform/log/stream-names.ts';

const SECRET = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
const INCIDENT = 'abcdef012345-1';

let orchestrator: RunningOrchestrator;
let receiver: WebhookReceiver;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-escalations-'));
  writeFileSync(join(dir, 'secrets'), SECRET);
  receiver = await WebhookReceiver.start(SECRET);
  orchestrator = await RunningOrchestrator.start({
    ESCALATION_WEBHOOK_URL: `http://${receiver.host}/`,
    ESCALATION_WEBHOOK_SECRET_FILE: join(dir, 'secrets'),
    OUTGOING_ALLOWED_HOSTS: receiver.host,
  });
  const what = { episode: 1, fingerprint: 'fp', target: 'memory', error_type: 'health', severity: 'high' };
  const opened = { incident_id: INCIDENT, ...what, opened_at: new Date().toISOString(), evidence: buildEvidence() };
  await store(
    orchestrator.log,
    logStreams.incident('abcdef012345'),
    { type: 'IncidentOpened', data: opened },
    { type: 'IncidentEscalated', data: { incident_id: INCIDENT, reason_code: 'no-rule' } },
  );
  await waitUntil(() => receiver.ids.length === 1);
}, 60_000);
afterAll(async () => {
  await orchestrator.stop();
  await receiver.stop();
  rmSync(dir, { recursive: true, force: true });
});

const ID = 'service-memory-1';

describe('the escalations over HTTP', () => {
  it('are listed as they are', async () => {
    await waitUntil(async () => (await (await orchestrator.fetch('/api/escalations')).text()).includes('"notified_at":"'));
    const { items } = (await (await orchestrator.fetch('/api/escalations?state=open')).json()) as Page<object>;
    expect(items).toMatchObject([
      {
        escalation_id: ID,
        root: 'service:memory',
        kind: 'service',
        state: 'open',
        reason_code: 'no-rule',
        incidents: 1,
        attempts: 1,
      },
    ]);
  });

  it('say one by one what somebody is told', async () => {
    const shown = (await (await orchestrator.fetch(`/api/escalations/${ID}`)).json()) as EscalationDetail;
    expect(shown.data).toEqual(receiver.received[0]?.message.data);
    const missing = await orchestrator.fetch('/api/escalations/service-nothing-1');
    expect([missing.status, ((await missing.json()) as Problem).code]).toEqual([404, 'escalation-not-found']);
  });

  it('are sent again when a person wants it, who is named in the log, under the same id', async () => {
    const key = await createKey(orchestrator, { owner: 'anna', role: 'sre' });
    const replay = (body: object, id = ID): Promise<Response> =>
      ask(orchestrator, `/api/escalations/${id}/replay`, { key, method: 'POST', body });
    expect((await replay({ reason: 'the receiver was away', dry_run: true })).status).toBe(200);
    const told = (await (await replay({ reason: 'the receiver was away' })).json()) as ReplayedEscalation;
    await waitUntil(() => receiver.ids.length === 2);
    expect(receiver.ids).toEqual([told.webhook_id, told.webhook_id]);
    const events = await orchestrator.log.store.readStream(logStreams.escalation('service-memory'));
    expect(events.filter(({ type }) => type === 'NotificationRequested')).toMatchObject([
      { data: { reason: 'the receiver was away' }, metadata: { actor: 'person:anna' } },
    ]);
    expect([(await replay({})).status, (await replay({ reason: 'why' }, 'service-memory-2')).status]).toEqual([400, 404]);
  });
});
