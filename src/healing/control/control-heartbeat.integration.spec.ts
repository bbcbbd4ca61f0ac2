import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ControlState, controlSubject } from '#libs/contracts';
import { validateControlState } from '#libs/contracts/schemas';
import { ensureStreams, type NatsLink } from '#libs/messaging';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { buildConfiguration } from '../../../test/builders/configuration-builder.ts';
import { buildLog } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { ControlHeartbeat } from './control-heartbeat.ts';
import { ControlSwitch } from './control-switch.service.ts';
import { SigningKeyHolder } from '../signing/signing-key-holder.ts';

const TENANT = 'test';
const GARBAGE = 'garbage';
const BEGIN_MS = Date.parse('2026-01-01T00:00:00.000Z');
let nats: TestNats;
let link: NatsLink;
let dir: string;
let heard: ControlState[];
let beating: ControlHeartbeat[];

beforeEach(async () => {
  nats = await startTestNats({ tenant: TENANT });
  link = await nats.connectOrchestrator();
  await ensureStreams(link, TENANT);
  dir = mkdtempSync(join(tmpdir(), 'zantara-control-'));
  heard = [];
  beating = [];
  const listening = await nats.connectRaw('administrator');
  listening.subscribe(controlSubject(TENANT), {
    callback: (_error, message) => {
      if (message.string() === GARBAGE) return;
      const state = validateControlState(message.json());
      if (state.valid) heard.push(state.value);
    },
  });
  await listening.flush();
});
afterEach(async () => {
  for (const heartbeat of beating) heartbeat.beforeApplicationShutdown();
  await nats.stop();
  rmSync(dir, { recursive: true, force: true });
});

function startBeating(clock: ManualClock): ControlHeartbeat {
  const config = buildConfiguration({ KEY_DIR: join(dir, 'keys') });
  const log = buildLog(clock);
  const logger = new RecordingLogger();
  const control = new ControlSwitch(log, config);
  const heartbeat = new ControlHeartbeat(link, log, new SigningKeyHolder(config, logger), config, clock, control, logger);
  heartbeat.onApplicationBootstrap();
  beating.push(heartbeat);
  return heartbeat;
}

function isBeating(heartbeat: ControlHeartbeat): boolean {
  try {
    heartbeat.assertBeating();
    return true;
  } catch {
    return false;
  }
}

describe('the control heartbeat', () => {
  it('lets no command be published before agents have heard it', async () => {
    const heartbeat = startBeating(new ManualClock(BEGIN_MS));
    expect(() => heartbeat.assertBeating()).toThrow(expect.objectContaining({ code: 'agents-not-told' }));
    await waitUntil(() => heard.length === 1);
    await waitUntil(() => isBeating(heartbeat));
    expect(heard[0]).toMatchObject({ state: 'running', version: 0, sequence: BEGIN_MS });
  });

  it('goes on counting after a start with a clock that was set back an hour', async () => {
    startBeating(new ManualClock(BEGIN_MS)).beforeApplicationShutdown();
    await waitUntil(() => heard.length === 1);
    startBeating(new ManualClock(BEGIN_MS - 3_600_000));
    await waitUntil(() => heard.length === 2);
    expect(heard[1]).toMatchObject({ sequence: BEGIN_MS + 1, issued_at: '2025-12-31T23:00:00.000Z' });
  });

  it('replaces a stored state that can not be read', async () => {
    await link.publish({ subject: controlSubject(TENANT), body: new TextEncoder().encode(GARBAGE) });
    startBeating(new ManualClock(BEGIN_MS));
    await waitUntil(() => heard.length === 1);
    expect(heard[0]?.sequence).toBe(BEGIN_MS);
  });
});
