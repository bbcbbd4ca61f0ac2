import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { IncidentPage, ServicePage } from '#libs/contracts';
import { ProblemSchema } from '#libs/contracts/schemas';
import { buildEvidence } from '../../test/builders/incident-builder.ts';
import { store } from '../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { DashboardFiles } from './dashboard-files.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const BROWSER = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

let orchestrator: RunningOrchestrator;

const keyOf = (n: number): string => n.toString(16).padStart(12, '0');
const idOf = (n: number): string => `${keyOf(n)}-1`;

async function open(n: number, target: string): Promise<void> {
  const data = {
    incident_id: idOf(n),
    episode: 1,
    fingerprint: `fp@1:${keyOf(n)}`,
    target,
    error_type: 'health',
    severity: 'critical',
    opened_at: new Date(Date.parse('2026-01-01T00:00:00Z') + n * 1000).toISOString(),
    evidence: buildEvidence({ symptom: 'memory-leak' }),
  };
  await store(orchestrator.log, logStreams.incident(keyOf(n)), { type: 'IncidentOpened', data });
}

async function getJson<T>(path: string): Promise<T> {
  return (await (await orchestrator.fetch(path)).json()) as T;
}

const assetsOf = (page: string): string[] => [...page.matchAll(/(?:src|href)="([^"]+)"/g)].flatMap(([, path]) => path ?? []);

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start();
  await open(1, 'memory');
  await open(2, 'memory');
  await open(3, 'rag');
  await Promise.all(['incidents', 'services'].map((name) => orchestrator.waitForReadModel(name)));
}, 60_000);
afterAll(() => orchestrator.stop());

describe('the page', () => {
  it.each(['/', `/incidents/${idOf(1)}`])('is served under %s with a strict policy, and never from a cache', async (path) => {
    const response = await orchestrator.fetch(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  it('loads only files of ours, under names that change with their content, and holds no script or style itself', async () => {
    const page = await (await orchestrator.fetch('/')).text();
    expect(assetsOf(page).length).toBeGreaterThanOrEqual(4);
    expect(assetsOf(page).filter((path) => !/^\/assets\/[\w-]+\.(js|css|svg)$/.test(path))).toEqual([]);
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/i);
    for (const path of assetsOf(page)) {
      const { status, headers } = await orchestrator.fetch(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('comes compressed where the browser takes that', async () => {
    const script = assetsOf(await (await orchestrator.fetch('/')).text()).find((path) => /index-.*\.js$/.test(path)) ?? '';
    const encodings = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) => {
        const { headers } = await orchestrator.fetch(script, { 'accept-encoding': encoding });
        return headers.get('content-encoding');
      }),
    );
    expect(encodings).toEqual(['br', 'gzip', null]);
  });

  it.each([
    ['/nothing', 404],
    ['/assets/nothing.js', 404],
    ['/assets/..%2f.built-from', 404],
    ['/assets/%2e%2e/index.html', 404],
  ])('leaves %s a problem for a program', async (path, status) => {
    const response = await orchestrator.fetch(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect(ProblemSchema.parse(await response.json()).status).toBe(status);
  });

  it('is what a browser gets where nothing is, each time in full, and says so in its status', async () => {
    const page = await (await orchestrator.fetch('/')).text();
    const missing = await orchestrator.fetch('/nothing/here', BROWSER);
    expect([missing.status, await missing.text(), missing.headers.has('etag')]).toEqual([404, page, false]);
    expect(missing.headers.get('content-security-policy')).toBe(POLICY);
    expect(ProblemSchema.parse(await (await orchestrator.fetch('/api/nothing', BROWSER)).json()).status).toBe(404);
  });

  it('says where it was not built that it was not, while the API works', async () => {
    jest.replaceProperty(orchestrator.app.get(DashboardFiles), 'folder', '/nowhere');
    const response = await orchestrator.fetch('/');
    jest.restoreAllMocks();
    expect(response.status).toBe(503);
    expect(ProblemSchema.parse(await response.json())).toMatchObject({
      code: 'dashboard-not-built',
      remediation: expect.stringContaining('npm run build'),
    });
    expect((await orchestrator.fetch('/api/services')).status).toBe(200);
  });
});

describe('what the page asks for', () => {
  it('incidents: how many there are in each state, of all services or of one, and the kind of each fault', async () => {
    const none = { healing: 0, mitigated: 0, resolved: 0, escalated: 0 };
    const all = await getJson<IncidentPage>('/api/incidents?limit=1&state=open');
    expect(all).toMatchObject({ items: [{ symptom: 'memory-leak' }], counts: { open: 3, ...none } });
    expect(await getJson('/api/incidents?service=rag&state=resolved')).toMatchObject({ items: [], counts: { open: 1, ...none } });
  });

  it('services: the latest incident of each, and the fix that is live', async () => {
    const [before] = (await getJson<ServicePage>('/api/services')).items;
    expect(before).toMatchObject({ latest_incident: { incident_id: idOf(2), state: 'open' }, live_fix: null });
    const fix = { fix_id: `${idOf(1)}-1`, incident_id: idOf(1), strategy: 'restart/service' };
    await store(orchestrator.log, logStreams.incident(keyOf(1)), { type: 'IncidentHealing', data: fix });
    await orchestrator.waitForReadModel('incidents');
    const [during] = (await getJson<ServicePage>('/api/services')).items;
    expect(during).toMatchObject({ latest_incident: { incident_id: idOf(2) }, live_fix: fix });
    const { counts } = await getJson<IncidentPage>('/api/incidents?service=memory');
    expect(counts).toEqual({ open: 1, healing: 1, mitigated: 0, resolved: 0, escalated: 0 });
  });
});
