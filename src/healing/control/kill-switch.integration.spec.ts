import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { ControlStage } from '../../../test/builders/control-stage.ts';
import { ask, createKey } from '../../../test/builders/key-ring.ts';
import type { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';

/** Half as much again as promised: the machine that runs this does other things too. */
const SOON_MS = 1_500;
let stage: ControlStage;

beforeEach(async () => {
  // What else goes wrong without a database is not what this is about.
  jest.spyOn(AppLogger.prototype, 'problem').mockReturnValue(undefined);
  stage = await ControlStage.open();
});
afterEach(async () => {
  await stage.close();
  jest.restoreAllMocks();
});

/** Until agents are told that they may act. */
async function launch(settings: Readonly<Record<string, string>> = {}): ReturnType<ControlStage['launch']> {
  const beganAtMs = performance.now();
  const launched = await stage.launch(settings);
  await waitUntil(() => stage.heardSince(beganAtMs).length > 0);
  return launched;
}

/** How long until agents were told, from the request's first byte. */
async function untilStopped(sinceMs: number): Promise<number> {
  const isStop = ({ state, atMs }: (typeof stage.heard)[number]): boolean => atMs > sinceMs && state.state === 'stopped';
  await waitUntil(() => stage.heard.some(isStop));
  return (stage.heard.find(isStop)?.atMs ?? Infinity) - sinceMs;
}

/** Whatever is told from then on, over some heartbeats of every orchestrator. */
async function wordsAfter(sinceMs: number, count = 4): Promise<Set<string>> {
  await waitUntil(() => stage.heardSince(sinceMs).length >= count);
  return new Set(stage.heardSince(sinceMs).map(({ state }) => state));
}

describe('the kill switch', () => {
  it('is heard within a second, of everything, one service or one strategy, and lifted only by a person', async () => {
    const one = await launch();
    for (const scope of ['service:memory', 'strategy:restart/service'])
      expect(await stage.post(one, '/api/stop', { scope })).toMatchObject({ status: 200, answer: { stored: true } });
    await waitUntil(() => stage.heard.at(-1)?.state.stopped_strategies.length === 1);
    expect(stage.heard.at(-1)?.state).toMatchObject({
      state: 'running',
      stopped_services: ['memory'],
      stopped_strategies: ['restart/service'],
    });
    const stopped = await stage.post(one, '/api/stop');
    expect(await untilStopped(stopped.askedAtMs)).toBeLessThan(SOON_MS);
    expect(stopped.answer).toEqual({
      dry_run: false,
      position: expect.stringMatching(/^\d+$/),
      stopped: ['global', 'service:memory', 'strategy:restart/service'],
      version: 3,
      stored: true,
    });
    expect((await stage.post(one, '/api/resume')).status).toBe(200);
    await waitUntil(() => stage.heard.at(-1)?.state.state === 'running');
    expect(stage.heard.at(-1)?.state).toMatchObject({ version: 4, stopped_services: ['memory'] });
  });

  it('is no business of viewers and analysts', async () => {
    const one = await launch();
    const orchestrator = { url: one.url, adminKey: stage.adminKey } as RunningOrchestrator;
    for (const role of ['viewer', 'analyst'] as const) {
      const key = await createKey(orchestrator, { owner: role, role });
      for (const path of ['/api/stop', '/api/resume'])
        expect((await ask(one, path, { key, body: { reason: 'r' } })).status).toBe(403);
    }
    const key = await createKey(orchestrator, { owner: 'ada', role: 'sre' });
    expect((await ask(one, '/api/stop', { key, body: { reason: 'r' } })).status).toBe(200);
    expect(await stage.stored(one)).toEqual(['HealingStopped global person:ada']);
  });

  it('stops while the database is silent, and is in the log once when it is back, whoever was restarted', async () => {
    const one = await launch();
    stage.proxy.fallSilent();
    const stopped = await stage.post(one, '/api/stop');
    expect(stopped).toMatchObject({ status: 200, answer: { stored: false, stopped: ['global'], version: 1 } });
    expect(stopped.tookMs).toBeLessThan(SOON_MS);
    expect(await untilStopped(stopped.askedAtMs)).toBeLessThan(SOON_MS);
    expect(existsSync(`${one.stopFile}.pending`)).toBe(true);
    // Heartbeats go on meanwhile, so that agents know it from somebody who is alive.
    expect(await wordsAfter(stopped.askedAtMs, 3)).toEqual(new Set(['stopped']));
    const next = await stage.launch({ DATABASE_URL: stage.database.appUrl });
    await waitUntil(async () => (await stage.stored(next)).length > 0);
    stage.proxy.recover();
    await waitUntil(async () => (await stage.post(one, '/api/stop', { dry_run: true })).answer.version === 1);
    await waitUntil(async () => (await ask(one, '/api/control', { key: stage.adminKey })).ok);
    expect(await stage.stored(next)).toEqual(['HealingStopped global person:admin']);
    expect(existsSync(`${one.stopFile}.pending`)).toBe(false);
    expect(await wordsAfter(stopped.askedAtMs, 5)).toEqual(new Set(['stopped']));
  });

  it('is a file too, which has to be taken away before anything resumes', async () => {
    const one = await launch();
    const beganAtMs = performance.now();
    writeFileSync(one.stopFile, 'smoke in the server room\n');
    expect(await untilStopped(beganAtMs)).toBeLessThan(SOON_MS);
    await waitUntil(async () => (await stage.stored(one)).length === 1);
    expect((await stage.post(one, '/api/resume')).status).toBe(409);
    rmSync(one.stopFile);
    expect(await wordsAfter(performance.now(), 1)).toEqual(new Set(['stopped']));
    expect((await stage.post(one, '/api/resume')).status).toBe(200);
    expect(await stage.stored(one)).toEqual(['HealingStopped global person:stop-file', 'HealingResumed global person:admin']);
  });

  it('is stored while NATS is away, and the first that agents hear when it is back', async () => {
    const one = await launch();
    await stage.nats.kill();
    const stopped = await stage.post(one, '/api/stop');
    expect(stopped).toMatchObject({ status: 200, answer: { stored: true } });
    expect(await stage.stored(one)).toHaveLength(1);
    await stage.nats.restart();
    await stage.listen();
    expect(await wordsAfter(stopped.askedAtMs, 3)).toEqual(new Set(['stopped']));
  });

  it('is never lifted by another orchestrator, also by one that reads no word of it in the log', async () => {
    const one = await launch();
    const other = await launch({ STOP_FILE: join(stage.dir, 'other', 'stop'), DATABASE_URL: stage.database.appUrl });
    stage.proxy.fallSilent();
    const stopped = await stage.post(one, '/api/stop');
    await untilStopped(stopped.askedAtMs);
    const [firstStopAtMs = 0] = stage.heard.filter(({ state }) => state.state === 'stopped').map(({ atMs }) => atMs - 0.001);
    expect(await wordsAfter(firstStopAtMs, 6)).toEqual(new Set(['stopped']));
    // It is gone, and what it was told is not.
    await waitUntil(async () => (await stage.stored(other)).length === 1);
    expect(await stage.stored(other)).toEqual(['HealingStopped global healing']);
  });
});
