import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase, withClient } from '#libs/testing';
import { READ_STREAM, READ_STREAMS, READ_TYPES } from './event-reader.ts';

const EVENTS = 20_000;
/** One event in a thousand is rare; every other one is of the long stream. */
const FILL = `
INSERT INTO events SELECT 0, n, CASE WHEN n % 2 = 0 THEN 'long' ELSE 's-' || n END, CASE WHEN n % 2 = 0 THEN n / 2 ELSE 1 END,
  gen_random_uuid(), CASE WHEN n % 1000 = 0 THEN 'Rare' ELSE 'Common' END, 1, '{}', '{"actor":"test"}', NULL, now()
FROM generate_series(1, ${EVENTS}) AS n;
INSERT INTO stream_heads VALUES (0, 'long', ${EVENTS / 2}, 2, ${EVENTS})`;

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** What a plan took into its hand to give its answer, over all its steps. */
const countTouched = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] +
  (node.Plans ?? []).reduce((sum, plan) => sum + countTouched(plan), 0);

describe('a page of the log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await withClient(database.ownerUrl, (client) => client.query(FILL));
    await withClient(database.ownerUrl, (client) => client.query('ANALYZE'));
  });
  afterAll(async () => {
    await database.drop();
  });

  /** As the store runs it: prepared, and soon with a plan that is made without its values. */
  async function explain(text: string, values: string, mode: string): Promise<PlanNode> {
    const { rows } = await withClient(database.appUrl, async (client) => {
      await client.query(`SET plan_cache_mode = ${mode}; PREPARE page AS ${text}`);
      return client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page(${values})`);
    });
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) throw new Error('no plan');
    return plan;
  }

  it.each([
    ['a rare type', READ_TYPES.text, `0, 10, ARRAY['Rare']`],
    ['a type that is nowhere', READ_TYPES.text, `0, 10, ARRAY['Absent']`],
    ['a rare and a common type', READ_TYPES.text, `0, 10, ARRAY['Rare', 'Common']`],
    ['the beginning of a long stream', READ_STREAM.text, `'long', 1, 10, 0`],
    ['the end of a long stream', READ_STREAM.text, `'long', 1, 10, ${EVENTS - 20}`],
    ['the ends of two streams', READ_STREAMS.text, `ARRAY['long', 's-777'], ARRAY[${EVENTS / 2 - 5}, 1]`],
    ['a short stream', READ_STREAM.text, `'s-777', 1, NULL, 0`],
  ])('of %s costs no more than what is on it', async (_what, text, values) => {
    for (const mode of ['force_custom_plan', 'force_generic_plan'])
      expect(countTouched(await explain(text, values, mode))).toBeLessThan(200);
  });
});
