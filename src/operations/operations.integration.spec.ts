import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type IncidentPage, LOG_ID_HEADER, type LogEventPage, type Problem } from '#libs/contracts';
import { computeOpenApi, ENDPOINTS, IncidentDetailSchema, PAGE_PATHS, ProblemSchema } from '#libs/contracts/schemas';
import { waitUntil } from '#libs/testing';
import { buildEvidence } from '../../test/builders/incident-builder.ts';
import { store } from '../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import type { IncidentEvent } from '../incidents/incident.events.ts';
import { Database } from '../platform/database/database.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { VERSION } from '../platform/version.ts';
import { READ_MODELS } from '../read-models.ts';

let orchestrator: RunningOrchestrator;
let evidencePosition = '0';

const keyOf = (n: number): string => n.toString(16).padStart(12, '0');
const idOf = (n: number): string => `${keyOf(n)}-1`;

function buildOpened(n: number, target = 'memory'): IncidentEvent {
  return {
    type: 'IncidentOpened',
    data: {
      incident_id: idOf(n),
      episode: 1,
      fingerprint: `fp@1:${keyOf(n)}`,
      target,
      error_type: 'health',
      severity: 'critical',
      // Several at the same time: the order must not depend on time alone.
      opened_at: new Date(Date.parse('2026-01-01T00:00:00Z') + Math.floor(n / 3) * 1000).toISOString(),
      evidence: buildEvidence({ report_position: evidencePosition }),
    },
  };
}

async function getJson<T>(path: string): Promise<T> {
  const response = await orchestrator.fetch(path, { authorization: `Bearer ${orchestrator.adminKey}` });
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
}

async function getProblem(path: string, headers: Record<string, string> = {}): Promise<Problem> {
  const response = await orchestrator.fetch(path, headers);
  expect([path, response.headers.get('content-type')]).toEqual([path, expect.stringContaining('application/problem+json')]);
  const problem = ProblemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

const ESCALATION = {
  escalation_id: 'service-memory-1',
  root: 'service:memory',
  kind: 'service',
  reason_code: 'attempts-exhausted',
  service: 'memory',
};

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start();
  evidencePosition = String((await orchestrator.log.store.head()).position);
  for (let n = 1; n <= 20; n++) {
    const target = n === 20 ? 'rag' : 'memory';
    await orchestrator.log.append({
      actor: 'test',
      key: `open:${n}`,
      correlationId: idOf(n),
      writes: [{ stream: logStreams.incident(keyOf(n)), expected: 'none', events: [buildOpened(n, target)] }],
    });
  }
  await store(orchestrator.log, logStreams.escalation('service-memory'), { type: 'EscalationRaised', data: ESCALATION });
  await Promise.all(['incidents', 'services'].map((name) => orchestrator.waitForReadModel(name)));
}, 60_000);
afterAll(() => orchestrator.stop());

describe('the list of incidents over HTTP', () => {
  it('has the latest first, and pages without a gap or a repetition', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await getJson<IncidentPage>(`/api/incidents?limit=7${cursor}`);
      seen.push(...page.items.map(({ incident_id: id }) => id));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    const expected = Array.from({ length: 20 }, (_, index) => idOf(20 - index));
    expect(seen).toHaveLength(20);
    expect(new Set(seen)).toEqual(new Set(expected));
    expect(seen[0]).toBe(idOf(20));
  });

  it('filters by state and by service', async () => {
    expect((await getJson<IncidentPage>('/api/incidents?service=rag')).items.map(({ service }) => service)).toEqual(['rag']);
    expect((await getJson<IncidentPage>('/api/incidents?state=resolved')).items).toEqual([]);
  });

  it('complains about everything that is wrong at once', async () => {
    const problem = await getProblem('/api/incidents?limit=0&state=bogus&surprise=1&service=No%20Such');
    expect(problem.status).toBe(400);
    for (const name of ['limit', 'state', 'surprise', 'service']) expect(problem.detail).toContain(name);
  });

  it.each([
    'limit=501',
    'limit=many',
    'limit=1&limit=2',
    'state=open&state=healing',
    'service=%00',
    'service=memory&service=rag',
    'cursor=',
    'cursor=a&cursor=b',
    'cursor=nonsense',
    `cursor=${Buffer.from('2026 000000000001-1').toString('base64url')}`,
    `cursor=${Buffer.from('1 a').toString('base64url')}`,
    `cursor=${Buffer.from("2026-01-01T00:00:00.000Z a'\u0000b").toString('base64url')}`,
    `cursor=${Buffer.from('9999-99-99T99:99:99.999Z 000000000001-1').toString('base64url')}`,
  ])('answers 400 to %s', async (query) => {
    expect((await getProblem(`/api/incidents?${query}`)).status).toBe(400);
  });
});

describe('one incident over HTTP', () => {
  it('tells its story with what caused it', async () => {
    const detail = IncidentDetailSchema.parse(await getJson(`/api/incidents/${idOf(3)}`));
    expect(detail).toMatchObject({ incident_id: idOf(3), state: 'open', service: 'memory' });
    expect(detail.timeline.map(({ type }) => type)).toContain('IncidentOpened');
  });

  it('survives what an agent wrote into its evidence', async () => {
    const evidence = { report_position: 'garbage', nested: { report_position: Number.MAX_VALUE } };
    await orchestrator.log.append({
      actor: 'test',
      key: 'odd evidence',
      correlationId: idOf(4),
      writes: [
        {
          stream: logStreams.fix(`${idOf(4)}-1`),
          expected: 'none',
          events: [{ type: 'FixExecuted', data: { fix_id: `${idOf(4)}-1`, command_id: 'c', evidence } }],
        },
      ],
    });
    const detail = IncidentDetailSchema.parse(await getJson(`/api/incidents/${idOf(4)}`));
    expect(detail.timeline.map(({ type }) => type)).toContain('FixExecuted');
  });

  it.each([
    `/api/incidents/${keyOf(99)}-1`,
    '/api/incidents/nonsense',
    '/api/incidents/%00',
    '/api/incidents/%F0%9F%92%A9',
    '/api/nothing',
  ])('answers 404 to %s', async (path) => {
    expect(await getProblem(path)).toMatchObject({ status: 404, code: expect.stringMatching(/not-found$/) });
  });
});

describe('the log over HTTP', () => {
  it('is read in pages from any place', async () => {
    const { position } = await orchestrator.log.store.head();
    const seen: string[] = [];
    let after = '0';
    for (;;) {
      const page = await getJson<LogEventPage>(`/api/events?limit=5&after=${after}`);
      seen.push(...page.items.map((event) => event.position));
      if (page.next_cursor === null) break;
      after = page.next_cursor;
    }
    expect(seen.slice(0, position)).toEqual(Array.from({ length: position }, (_, index) => String(index + 1)));
  });

  it('is filtered by stream and by type', async () => {
    const stream = logStreams.incident(keyOf(5));
    expect((await getJson<LogEventPage>(`/api/events?stream=${stream}`)).items).toMatchObject([
      { stream, type: 'IncidentOpened' },
    ]);
    const typed = await getJson<LogEventPage>('/api/events?types=AgentRegistered,ServiceRegistered');
    expect(typed.items.map(({ type }) => type)).toEqual(['AgentRegistered', 'ServiceRegistered']);
    expect((await getJson<LogEventPage>('/api/events?stream=nothing')).items).toEqual([]);
  });

  it('is read in pages of one stream, each no more than asked for', async () => {
    for (const type of ['Usual', 'Rare', 'Usual', 'Usual']) await store(orchestrator.log, 'test-pages', { type, data: {} });
    const seen: string[][] = [];
    const read = jest.spyOn(orchestrator.log.store, 'readStream');
    for (let cursor: string | null = '0'; cursor !== null;) {
      const page: LogEventPage = await getJson(`/api/events?stream=test-pages&types=Rare&limit=2&after=${cursor}`);
      seen.push(page.items.map(({ type }) => type));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([['Rare'], [], []]);
    // Others read their own streams meanwhile.
    const pages = read.mock.calls.filter(([stream]) => stream === 'test-pages');
    expect(pages.map(([, options]) => options?.limit)).toEqual([2, 2, 2]);
    read.mockRestore();
  });

  it.each([
    'after=-1',
    'after=1.5',
    'after=x',
    'limit=0',
    'after=99999999999999999',
    'stream=a&stream=b',
    'x=1',
    'stream=%00',
    'types=%00',
    'types=IncidentOpened,',
    `types=${Array.from({ length: 51 }, (_, n) => `Type${n}`).join()}`,
    'stream=%F0%9F%92%A9',
    'after=007',
  ])('answers 400 to %s', async (query) => {
    expect((await getProblem(`/api/events?${query}`)).status).toBe(400);
  });
});

describe('the surface', () => {
  it('has exactly the routes that are documented', () => {
    const fastify = orchestrator.app.getHttpAdapter().getInstance();
    const documented = [...ENDPOINTS, ...PAGE_PATHS.map((path) => ({ method: 'GET', path }))];
    for (const { method, path } of documented) {
      expect([method, path, fastify.hasRoute({ method, url: path.replaceAll(/\{(\w+)\}/g, ':$1') })]).toEqual([
        method,
        path,
        true,
      ]);
    }
    const routes = fastify.printRoutes().match(/\([A-Z]+(, [A-Z]+)*\)/g) ?? [];
    const methods = routes.flatMap((route) => route.replaceAll(/[() ]/g, '').split(',')).filter((method) => method !== 'HEAD');
    expect(methods.toSorted()).toEqual(documented.map(({ method }) => method).toSorted());
  });

  it.each(['/api/services', '/api/incidents?limit=0', '/api/nothing'])(
    'says on the answer to %s which log it is of',
    async (path) => {
      const logId = await orchestrator.log.store.logId();
      expect((await orchestrator.fetch(path)).headers.get(LOG_ID_HEADER)).toBe(logId);
      jest.spyOn(orchestrator.log.store, 'logId').mockRejectedValue(new Error('away'));
      expect((await orchestrator.fetch(path)).headers.has(LOG_ID_HEADER)).toBe(false);
      jest.restoreAllMocks();
    },
  );

  it('serves the description of itself', async () => {
    expect(await getJson('/openapi.json')).toEqual(JSON.parse(JSON.stringify(computeOpenApi(VERSION))));
  });

  const read = ENDPOINTS.filter(({ method, answer }) => method === 'GET' && answer.mediaType === 'application/json');
  const described = read.map((endpoint) => [endpoint.path, endpoint] as const);

  it.each(described)('answers %s as it is described', async (path, { answer }) => {
    const body = await getJson<{ position?: string }>(
      path.replace('{incident_id}', idOf(1)).replace('{escalation_id}', ESCALATION.escalation_id),
    );
    expect(() => answer.schema.parse(body)).not.toThrow();
    if (path.startsWith('/api/')) expect(body.position).toMatch(/^\d+$/);
  });

  it('counts for Prometheus what goes into the log and how far each reader is', async () => {
    await store(orchestrator.log, 'test-replaced', { type: 'ThingHappened', data: { text: 'a\0b' } });
    const response = await orchestrator.fetch('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    expect(text).toMatch(/^zantara_log_head_position \d+$/m);
    expect(text).toMatch(/^zantara_append_queue_events 0$/m);
    expect(text).toMatch(/^zantara_replaced_characters_total 1$/m);
    expect(text).toMatch(/^zantara_release_outdated 0$/m);
    expect(text).toMatch(/^zantara_goes_first 1$/m);
    for (const reader of ['incidents', 'healing', 'command-relay'])
      expect(text).toContain(`zantara_reader_position{reader="${reader}"}`);
    for (const { name } of READ_MODELS)
      for (const figure of ['position', 'lag_seconds', 'parked_keys'])
        expect(text).toContain(`zantara_projection_${figure}{projection="${name}"}`);
  });

  it('stands on one pool of connections, and one that appends', async () => {
    const appending = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'zantara-log'";
    expect(await orchestrator.app.get(Database).query(appending)).toHaveLength(1);
  });

  it('is alive and ready, and not ready while NATS is away', async () => {
    expect(await getJson('/health/live')).toEqual({ live: true });
    expect(await getJson('/health/ready')).toMatchObject({ ready: true });
    await orchestrator.nats.kill();
    await waitUntil(async () => (await orchestrator.fetch('/health/ready')).status === 503);
    expect(await (await orchestrator.fetch('/health/ready')).json()).toMatchObject({
      ready: false,
      checks: [
        { name: 'log', ok: true },
        { name: 'release', ok: true },
        { name: 'nats', ok: false },
      ],
    });
    expect((await orchestrator.fetch('/health/live')).status).toBe(200);
    expect((await orchestrator.fetch('/api/incidents')).status).toBe(200);
    await orchestrator.nats.restart();
    await waitUntil(async () => (await orchestrator.fetch('/health/ready')).status === 200);
  }, 60_000);
});
