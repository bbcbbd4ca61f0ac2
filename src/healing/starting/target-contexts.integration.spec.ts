import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { getRestart } from '../../../test/builders/strategy-builder.ts';
import { buildHealing, type HealingParts } from '../../../test/builders/healing-parts.ts';
import { FURTHER_ATTEMPT_GUARDS } from '../guards/guard-list.ts';
import { Prober } from '../verification/probe.ts';
import { SharedLooks } from '../verification/shared-looks.ts';
import { TargetContextsService } from './target-contexts.service.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

/** A real server; without a status it takes the connection and never answers. */
async function serve(status?: number): Promise<string> {
  const server = createServer((_request, response) => {
    if (status !== undefined) response.writeHead(status).end();
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

const TIMEOUT_MS = 300;

/** Memory needs these, all of which their agent calls healthy. */
async function buildNeedy(...urls: string[]): Promise<HealingParts> {
  const parts = await buildHealing();
  const ids = urls.map((_, index) => `needed-${index}`);
  for (const [index, probe_url] of urls.entries()) {
    await parts.addService({ id: ids[index] ?? '', probe_url, probe_timeout_ms: TIMEOUT_MS });
    await parts.say(ids[index] ?? '', 'healthy');
  }
  await parts.changeService({ depends_on: ids });
  return parts;
}

const gather = async ({ clock, catalogue, states, slots, surroundings }: HealingParts) => {
  const looks = new SharedLooks(clock, new Prober());
  const contexts = new TargetContextsService(clock, catalogue, states, slots, looks, surroundings);
  const { context } = await contexts.gather(getRestart(), { target: 'memory', incidentId: 'abcdef012345-1' });
  return (await contexts.ask(FURTHER_ATTEMPT_GUARDS, context)).context.dependencies;
};

describe('what is known of the dependencies of a target', () => {
  it('is what their agents say and what own probes found', async () => {
    const gone = await serve(200);
    await new Promise((closed) => servers.pop()?.close(closed));
    const parts = await buildNeedy(await serve(200), await serve(503), gone);
    expect(await gather(parts)).toMatchObject([
      { id: 'needed-0', state: 'healthy', probe: { ok: true, reasonCode: 'status-200' } },
      { id: 'needed-1', state: 'healthy', probe: { ok: false, reasonCode: 'status-503' } },
      { id: 'needed-2', state: 'healthy', probe: { ok: false, reasonCode: 'econnrefused' } },
    ]);
  });

  it('is known within the time-out of one probe when none of them answers', async () => {
    const parts = await buildNeedy(await serve(), await serve(), await serve(), await serve(), await serve());
    const startedAt = performance.now();
    const dependencies = await gather(parts);
    expect(performance.now() - startedAt).toBeLessThan(3 * TIMEOUT_MS);
    expect(dependencies.map(({ probe }) => probe?.reasonCode)).toEqual(Array.from({ length: 5 }, () => 'timeout'));
  });

  it('is asked of nobody whose agent says that it is not healthy, or that the catalogue lacks', async () => {
    const parts = await buildNeedy(await serve(200), await serve(200));
    await parts.say('needed-0', 'stopped');
    await parts.changeService({ depends_on: ['needed-0', 'gone', 'needed-1'] });
    const [stopped, gone, healthy] = await gather(parts);
    expect(stopped).toEqual({ id: 'needed-0', state: 'stopped', saidAtMs: parts.clock.nowMs() });
    expect(gone).toEqual({ id: 'gone', state: undefined });
    expect(healthy?.probe?.ok).toBe(true);
  });
});
