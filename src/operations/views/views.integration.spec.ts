import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { type IncidentDetail, type IncidentPage, type Page, type Problem, type ServicePage, VIEWS } from '#libs/contracts';
import { computeViewItemSchema } from '#libs/contracts/schemas';
import { createRandomHistory } from '../../../test/builders/random-history.ts';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { Database } from '../../platform/database/database.ts';
import { READ_MODELS } from '../../read-models.ts';
import type { ViewRow } from './view-sql.ts';

const EVENTS = 600;
const LISTED = VIEWS.filter(({ path }) => !['incidents', 'services'].includes(path));
const cases = LISTED.map((view) => [view.path, view] as const);

let orchestrator: RunningOrchestrator;
let half = 0;
let halfTime = '';

const get = async <T>(path: string): Promise<T> => {
  const response = await orchestrator.fetch(path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
};
const problem = async (path: string): Promise<Pick<Problem, 'status' | 'code'>> => {
  const { status, code } = (await (await orchestrator.fetch(path)).json()) as Problem;
  return { status, code };
};
const query = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  orchestrator.app.get(Database).query<T>(text, values);

/** So that the orchestrator itself adds nothing: incidents and services that nobody of it follows. */
async function fill(events: number, seed: number): Promise<void> {
  const history = createRandomHistory({ seed, things: 6, poison: 0.01, weights: { VerdictReached: 12, FixObserved: 6 } });
  for (let n = 0; n < events; n += 1) {
    const { stream, ...event } = history.next().value;
    if (/^(ErrorReported|ServiceStateChanged|IncidentOpened|IncidentGrew|IncidentReopened|IncidentMitigated)$/.test(event.type))
      continue;
    await orchestrator.log.store.append({ writes: [{ stream, expected: 'any', events: [{ ...event, id: uuidv7() }] }] });
  }
}

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start();
  await fill(EVENTS, 3);
  const head = await orchestrator.log.store.head();
  half = head.position;
  halfTime = head.recordedAt?.toISOString() ?? '';
  await Promise.all(READ_MODELS.map(({ name }) => orchestrator.waitForReadModel(name)));
}, 120_000);
afterAll(() => orchestrator.stop(), 60_000);

describe('the views of the read models', () => {
  it.each(VIEWS.map((view) => [view.name, view] as const))(
    '%s has the columns that are documented, for analysts too',
    async (_name, view) => {
      const rows = await query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND has_table_privilege('zantara_analyst', attrelid, 'SELECT') ORDER BY attnum`,
        [view.name],
      );
      expect(rows.map(({ name }) => name)).toEqual(Object.keys(view.columns));
    },
  );
});

describe('a list of a read model', () => {
  it.each(cases)('%s is answered in pages that hold every row once, of the documented shape', async (path, view) => {
    const schema = computeViewItemSchema(view);
    const items: ViewRow[] = [];
    for (let cursor = ''; ;) {
      const page = await get<Page<ViewRow>>(`/api/${path}?limit=7${cursor}`);
      for (const item of page.items) expect(() => schema.strict().parse(item)).not.toThrow();
      items.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    const [counted] = await query<{ n: string }>(`SELECT count(*) AS n FROM ${view.name}`);
    expect(items).toHaveLength(Number(counted?.n));
    expect(new Set(items.map((item) => JSON.stringify(view.order.map((column) => item[column])))).size).toBe(items.length);
  });

  it.each(cases)('%s is narrowed by each of its filters', async (path, view) => {
    const { items } = await get<Page<ViewRow>>(`/api/${path}?limit=500`);
    for (const filter of view.filters) {
      const value = items.map((item) => item[filter]).find((cell) => typeof cell === 'string');
      if (typeof value !== 'string') continue;
      const narrowed = await get<Page<ViewRow>>(`/api/${path}?limit=500&${filter}=${encodeURIComponent(value)}`);
      expect(narrowed.items).toEqual(items.filter((item) => item[filter] === value));
    }
  });

  it.each(cases)('%s comes as CSV and as NDJSON too', async (path, view) => {
    const { items } = await get<Page<ViewRow>>(`/api/${path}?limit=5`);
    const csv = await orchestrator.fetch(`/api/${path}?limit=5&format=csv`);
    const lines = (await csv.text()).split('\r\n');
    expect([csv.headers.get('content-type'), lines[0]]).toEqual([
      'text/csv; charset=utf-8; header=present',
      Object.keys({ ...view.columns, ...view.computed }).join(','),
    ]);
    expect(lines).toHaveLength(items.length + 2);
    const ndjson = await orchestrator.fetch(`/api/${path}?limit=5&format=ndjson`);
    const text = await ndjson.text();
    expect(text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ViewRow]))).toEqual(items);
    expect(ndjson.headers.get('x-log-position')).toMatch(/^\d+$/);
  });

  it('tells of each fix how often its strategy worked on its fault, as the days add up', async () => {
    type Counted = { strategy: string; fingerprint: string; n: number; verified: number };
    const { items } = await get<Page<ViewRow>>('/api/fixes?limit=500');
    const { items: days } = await get<Page<Counted>>('/api/fix-success?limit=500');
    const isOf = (row: ViewRow, day: Counted): boolean =>
      row['strategy'] === day.strategy && row['fingerprint'] === day.fingerprint;
    const sum = (row: ViewRow): number => days.filter((day) => isOf(row, day)).reduce((total, { n }) => total + n, 0);
    expect(items.map((row) => row['n'])).toEqual(items.map(sum));
    const judged = items.filter(({ n }) => n !== 0);
    expect(judged.length).toBeGreaterThan(0);
    for (const { success_low: low, success_high: high } of judged) expect([low !== null, high !== null]).toEqual([true, true]);
    for (const row of items.filter(({ n }) => n === 0)) expect(row).toMatchObject({ success_low: null, success_high: null });
  });

  it('refuses what it can not be asked', async () => {
    expect(await problem('/api/errors?strategy=x')).toEqual({ status: 400, code: 'filter-unsupported' });
    expect(await problem('/api/errors?nothing=x')).toEqual({ status: 400, code: 'bad-request' });
    expect(await problem('/api/errors?limit=0')).toEqual({ status: 400, code: 'bad-request' });
    expect(await problem('/api/errors?format=xml')).toEqual({ status: 400, code: 'bad-request' });
    expect(await problem('/api/nothing')).toEqual({ status: 404, code: 'not-found' });
    for (const cursor of ['x', 'WyJ4Il0', Buffer.from('["2026-13-45T00:00:00.000Z","a"]').toString('base64url')])
      expect(await problem(`/api/fixes?cursor=${cursor}`)).toEqual({ status: 400, code: 'invalid-cursor' });
  });
});

describe('the past', () => {
  it('is told by every read model that keeps it, by position and by time, and by no other', async () => {
    const lists = ['incidents', 'services', ...LISTED.map(({ path }) => path)];
    const before = await Promise.all(lists.map((path) => get<Page<unknown>>(`/api/${path}`)));
    await fill(EVENTS, 4);
    await Promise.all(READ_MODELS.map(({ name }) => orchestrator.waitForReadModel(name)));
    const kept = VIEWS.filter(({ past }) => past !== undefined).map(({ path }) => path);
    expect(kept.toSorted()).toEqual(['decisions', 'fix-success', 'fixes', 'incidents', 'services']);
    for (const [index, path] of lists.entries()) {
      if (!kept.includes(path)) {
        expect([path, await problem(`/api/${path}?asOf=${half}`)]).toEqual([
          path,
          { status: 501, code: 'as-of-not-implemented' },
        ]);
        continue;
      }
      for (const moment of [String(half), halfTime]) {
        const then = await get<Page<unknown>>(`/api/${path}?asOf=${moment}`);
        expect({ path, ...then }).toEqual({ path, ...before[index], position: String(half) });
      }
    }
    expect(await problem('/api/events?asOf=1')).toEqual({ status: 501, code: 'as-of-not-implemented' });
  });

  it('is refused where there was none', async () => {
    for (const moment of ['yesterday', '2026-02-30T00:00:00Z', '99999999', '-1'])
      expect([moment, await problem(`/api/fixes?asOf=${moment}`)]).toEqual([moment, { status: 400, code: 'invalid-as-of' }]);
    expect((await get<ServicePage>('/api/services?asOf=0')).items).toEqual([]);
    expect((await get<IncidentPage>('/api/incidents?asOf=2000-01-01')).counts.open).toBe(0);
  });

  it('of an incident has the story up to then', async () => {
    const type = 'IncidentOpened';
    const history = createRandomHistory({ seed: 5, things: 1 });
    const types = [type, 'IncidentResolved'];
    for (const wanted of types) {
      let { stream, ...event } = history.next().value;
      while (event.type !== wanted) ({ stream, ...event } = history.next().value);
      await orchestrator.log.store.append({
        writes: [
          {
            stream,
            expected: 'any',
            events: [{ ...event, id: uuidv7(), metadata: { actor: 'test', correlation_id: '3f2a9c410000-1' } }],
          },
        ],
      });
    }
    await orchestrator.waitForReadModel('incidents');
    const opened = (await orchestrator.log.store.readStream('incident-3f2a9c410000')).findLast((event) => event.type === type);
    const now = await get<IncidentDetail>('/api/incidents/3f2a9c410000-1');
    const then = await get<IncidentDetail>(`/api/incidents/3f2a9c410000-1?asOf=${opened?.position}`);
    expect(then.state).toBe('open');
    expect(then.timeline.length).toBeLessThan(now.timeline.length);
    expect(then.timeline.every(({ position }) => Number(position) <= Number(opened?.position))).toBe(true);
  });
});

describe('the state of the read models', () => {
  it('is told with what is parked', async () => {
    const { items } = await get<Page<{ projection: string; state: string; parked_keys: number }>>('/api/projections');
    expect(items.map(({ projection }) => projection)).toEqual(READ_MODELS.map(({ name }) => name).toSorted());
    const parked = await get<Page<{ projection: string; reason: string }>>('/api/projections/parked');
    expect(parked.items).toHaveLength(items.reduce((sum, item) => sum + item.parked_keys, 0));
    expect(parked.items.length).toBeGreaterThan(0);
  });
});
