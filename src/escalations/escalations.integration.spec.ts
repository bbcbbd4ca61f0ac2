import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '#libs/testing';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { EscalationStage } from '../../test/builders/escalation-stage.ts';
import { WebhookReceiver } from '../../test/builders/webhook-receiver.ts';
import type { Configuration } from '../platform/config/configuration.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NEWER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

let stage: EscalationStage;
let receiver: WebhookReceiver;
let dir: string;
let config: Configuration;

beforeEach(async () => {
  [stage, receiver] = await Promise.all([EscalationStage.start(), WebhookReceiver.start(SECRET)]);
  dir = mkdtempSync(join(tmpdir(), 'zantara-escalations-'));
  // The receiver still has the older one.
  writeFileSync(join(dir, 'secrets'), `${NEWER_SECRET}\n${SECRET}\n`);
  config = buildConfiguration({
    ESCALATION_WEBHOOK_URL: `http://${receiver.host}/hook`,
    ESCALATION_WEBHOOK_SECRET_FILE: join(dir, 'secrets'),
    OUTGOING_ALLOWED_HOSTS: receiver.host,
  });
});
afterEach(async () => {
  await receiver.stop();
  await stage.stop();
  rmSync(dir, { recursive: true, force: true });
});

const COUNTED = { failing_targets: 800, all_targets: 1000 };

const failTimes = (times: number, status: number): void => {
  let left = times;
  receiver.answer = (response) => {
    left -= 1;
    response.writeHead(left >= 0 ? status : 204).end();
  };
};

/** Lets the time pass that each failed attempt is followed by. */
async function skipRetries(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const nextAt = (await stage.waitFor('NotificationFailed', n)).at(-1)?.data['next_at'];
    stage.clock.skip((typeof nextAt === 'string' ? Date.parse(nextAt) : 0) - stage.clock.nowMs());
  }
}

const attemptsOf = async (type: string): Promise<unknown[]> => (await stage.events(type)).map(({ data }) => data['attempt']);

describe('escalations', () => {
  it('are told once for each root cause, signed, with what was tried', async () => {
    await stage.startOrchestrator(config);
    const fix = { fix_id: 'f-1', command_id: 'f-1.1', attempt: 1, target: 'memory', strategy: 'restart/service' };
    const memory = await stage.giveUp('memory', [
      { type: 'FixCommanded', data: fix },
      { type: 'FixAttemptFailed', data: { ...fix, reason_code: 'port-in-use', detail: 'EADDRINUSE: secret text' } },
    ]);
    const rag = await stage.giveUp('rag');
    await stage.waitFor('EscalationJoined');
    await stage.waitFor('NotificationSent');
    expect(await stage.events('EscalationRaised')).toMatchObject([
      { stream: 'escalation-service-memory', data: { incident_id: memory }, metadata: { correlation_id: memory } },
    ]);
    expect(await stage.events('EscalationJoined')).toMatchObject([{ data: { incident_id: rag, root: 'service:memory' } }]);
    expect(receiver.received).toHaveLength(1);
    const [{ isVerified, message, bytes } = { isVerified: false, message: undefined, bytes: 0 }] = receiver.received;
    expect({ isVerified, fits: bytes <= 65_536 }).toEqual({ isVerified: true, fits: true });
    expect(message?.data).toMatchObject({
      escalation_id: 'service-memory-1',
      state: 'open',
      summary: 'memory needs a person: every attempt failed [attempts-exhausted]',
      next: expect.arrayContaining([`zantara incidents show ${memory}`, 'zantara stop --service memory --reason "…"']),
    });
    expect(message?.data.incidents[0]?.tried).toMatchObject([
      {
        strategy: 'restart/service',
        attempt: 1,
        reason_code: 'port-in-use',
        reason: expect.stringContaining('listens on its port'),
      },
    ]);
    expect(JSON.stringify(message)).not.toContain('secret text');
  });

  it('of a silent agent are one, closed when all of its services are heard of again', async () => {
    await stage.startOrchestrator(config);
    for (const id of ['rag', 'memory']) await stage.changeState(id, 'agent-1', 'unknown');
    const incident = await stage.giveUp('rag');
    await stage.waitFor('EscalationJoined', 2);
    expect(await stage.events('EscalationRaised')).toMatchObject([{ data: { root: 'agent:agent-1', kind: 'agent' } }]);
    await stage.waitFor('NotificationSent');
    await stage.changeState('rag', 'agent-1', 'healthy');
    await stage.resolve(incident);
    await stage.changeState('memory', 'agent-1', 'healthy');
    expect(await stage.waitFor('EscalationClosed')).toMatchObject([{ data: { escalation_id: 'agent-agent-1-1', incidents: 1 } }]);
    await stage.changeState('rag', 'agent-1', 'unknown');
    // What flaps is the same, and nobody is told anew.
    const joined = await stage.waitFor('EscalationJoined', 3);
    expect(joined[2]).toMatchObject({ data: { escalation_id: 'agent-agent-1-1', service: 'rag' } });
    expect(await stage.events('EscalationRaised')).toHaveLength(1);
    expect(new Set(receiver.ids).size).toBe(1);
  });

  it('of a storm are one, until it has ended and what was given up in it is over', async () => {
    await stage.startOrchestrator(config);
    const counts = { failing_targets: 800, all_targets: 1000, window_ms: 60_000 };
    await stage.changeStorm({ type: 'StormDetected', data: { symptom: 'service-down', ...counts } });
    const incidents = [await stage.giveUp('notes'), await stage.giveUp('memory')];
    await stage.waitFor('EscalationJoined', 2);
    await stage.waitFor('NotificationSent');
    expect(await stage.events('EscalationRaised')).toMatchObject([{ data: { root: 'storm:service-down', ...COUNTED } }]);
    expect(receiver.received[0]?.message.data.summary).toMatch(/^800 of 1000 targets show service-down at once/);
    for (const id of incidents) await stage.resolve(id);
    await stage.changeStorm({ type: 'StormEnded', data: { symptom: 'service-down' } });
    expect(await stage.waitFor('EscalationClosed')).toMatchObject([{ data: { incidents: 2 } }]);
    expect(receiver.ids).toHaveLength(1);
  });

  it('are sent again until the receiver takes them, under one id, also by an orchestrator that comes later', async () => {
    failTimes(2, 503);
    await stage.startOrchestrator(config);
    await stage.giveUp('notes');
    await skipRetries(1);
    await stage.waitFor('NotificationFailed', 2);
    await stage.stopOrchestrators();
    await stage.startOrchestrator(config);
    await skipRetries(2);
    await stage.waitFor('NotificationSent');
    expect([await attemptsOf('NotificationFailed'), await attemptsOf('NotificationSent')]).toEqual([[1, 2], [3]]);
    expect({ calls: receiver.ids.length, ids: new Set(receiver.ids).size }).toEqual({ calls: 3, ids: 1 });
  });

  it('are raised and sent once by two orchestrators', async () => {
    failTimes(1, 500);
    await Promise.all([stage.startOrchestrator(config), stage.startOrchestrator(config)]);
    await Promise.all(['notes', 'notes', 'memory'].map((target) => stage.giveUp(target)));
    await stage.giveUp('rag');
    await stage.waitFor('NotificationFailed');
    await skipRetries(1);
    await stage.waitFor('NotificationSent', 2);
    const roots = (await stage.events('EscalationRaised')).map(({ data }) => data['root']);
    expect([roots.length, new Set(roots)]).toEqual([2, new Set(['service:memory', 'service:notes'])]);
    expect(receiver.ids).toHaveLength(3);
    expect(receiver.received.every(({ isVerified }) => isVerified)).toBe(true);
  });

  it('are not sent any more when the receiver is gone, and follow no redirect', async () => {
    receiver.answer = (response, { message }) =>
      message.data.root === 'service:notes'
        ? response.writeHead(410).end()
        : response.writeHead(302, { location: `http://${receiver.host}/elsewhere` }).end();
    await stage.startOrchestrator(config);
    await stage.giveUp('notes');
    await stage.waitFor('NotificationGivenUp');
    await stage.giveUp('memory');
    await stage.waitFor('NotificationFailed', 2);
    expect((await stage.events('NotificationFailed')).map(({ data }) => data['reason_code'])).toEqual([
      'status-410',
      'redirected',
    ]);
    expect(receiver.ids).toHaveLength(2);
  });

  it('are told while the receiver leaves another one without an answer', async () => {
    receiver.answer = (response, { message }) => {
      if (message.data.root !== 'service:notes') response.writeHead(204).end();
    };
    await stage.startOrchestrator(config);
    await stage.giveUp('notes');
    await waitUntil(() => receiver.ids.length === 1);
    await stage.giveUp('memory');
    expect(await stage.waitFor('NotificationSent')).toMatchObject([{ data: { root: 'service:memory' } }]);
    expect(await stage.events('NotificationFailed')).toEqual([]);
  });

  it('are told after the database was away, and not while it is', async () => {
    failTimes(1, 500);
    const { logger } = await stage.startOrchestrator(config);
    await stage.giveUp('notes');
    await skipRetries(1).then(() => stage.clock.skip(-60_000));
    const cut = await stage.cutDatabase();
    stage.clock.skip(60_000);
    await waitUntil(() => logger.problems.length > 0);
    expect(receiver.ids).toHaveLength(1);
    await cut.allow();
    await waitUntil(() => receiver.ids.length === 2, { withinMs: 20_000 });
    expect(new Set(receiver.ids).size).toBe(1);
  });

  it('are listed without a webhook, which is said once', async () => {
    const { logger } = await stage.startOrchestrator(buildConfiguration());
    await stage.giveUp('notes');
    await stage.waitFor('EscalationRaised');
    expect(logger.said.filter((line) => line.includes('ESCALATION_WEBHOOK_URL'))).toHaveLength(1);
    expect(await stage.events('NotificationStarted')).toEqual([]);
  });
});
