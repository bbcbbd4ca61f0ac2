import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '#libs/contracts';
import { BEGIN_MS, buildWireError } from '../../test/builders/incident-builder.ts';
import { type Reception, type TakenReport, takeReports } from './report-intake.ts';

const reception: Reception = {
  from: { tenant: 'test', agentClass: 'service', agentId: 'memory-agent', kind: 'report' },
  receivedAtMs: BEGIN_MS,
  ageMs: 1500,
};
const buildEnvelope = (items: unknown[], more: object = {}): object => ({ v: 1, agent_id: 'memory-agent', items, ...more });
const idOf = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const buildItem = (n: number, error: object = {}): object => ({ error: { ...buildWireError(), id: idOf(n), ...error } });

function take(body: unknown): TakenReport[] {
  const taken = takeReports(body, reception);
  if (!Array.isArray(taken)) throw new Error(taken.reason);
  return taken;
}
function takeOne(item: object): TakenReport & { ok: true } {
  const [taken] = take(buildEnvelope([item]));
  if (taken?.ok !== true) throw new Error(`refused: ${taken?.reason}`);
  return taken;
}

const CORPUS = join(process.env['CORPORA_DIR'] ?? resolve('../shared/corpora'), 'naughty-strings/blns.json');
const hasCorpus = existsSync(CORPUS);
const naughty = hasCorpus
  ? (JSON.parse(readFileSync(CORPUS, 'utf8')) as string[])
  : [
      '',
      'undefined',
      "'; DROP TABLE events; --",
      '<script>alert(1)</script>',
      '\u202Etest\u202E',
      '👩‍👩‍👧',
      '\u0000',
      '\ud800',
      '$HOME',
      '%n%s',
      '__proto__',
    ];

describe('taking reports in', () => {
  it('takes secrets out of what the envelope says of the page as well', () => {
    const [taken] = take(buildEnvelope([buildItem(1)], { release: 'password=hunter2', session_id: 'jo@example.org' }));
    expect(taken).toMatchObject({ ok: true, event: { data: { release: expect.any(String), session_id: expect.any(String) } } });
    expect(JSON.stringify(taken)).not.toMatch(/hunter2|jo@example/);
  });

  it('takes a report with who, when and how old', () => {
    expect(takeOne(buildItem(1)).event).toMatchObject({
      type: 'ErrorReported',
      data: {
        agent_id: 'memory-agent',
        agent_class: 'service',
        target: 'memory',
        age_ms: 1500,
        observed_at: new Date(BEGIN_MS - 1500).toISOString(),
        fingerprint: expect.stringMatching(/^fp@1:[0-9a-f]{16}$/),
      },
    });
  });

  it('reads identity from the subject and never from the message', () => {
    const [taken] = take(buildEnvelope([buildItem(1)], { agent_id: 'somebody-else' }));
    expect(taken).toMatchObject({ ok: true, event: { data: { agent_id: 'memory-agent' } } });
  });

  it('counts a page as its own target', () => {
    const taken = takeReports(buildEnvelope([buildItem(1, { source: 'frontend', type: 'js-error' })]), {
      ...reception,
      from: { ...reception.from, agentClass: 'browser', agentId: 'shop' },
    });
    expect(taken).toMatchObject([{ event: { data: { target: 'shop', agent_class: 'browser' } } }]);
  });

  it('lets broken items harm nobody else', () => {
    const taken = take(
      buildEnvelope([buildItem(1), { error: { id: idOf(2) } }, 'nonsense', null, buildItem(3, { surprise: 1 }), buildItem(4)]),
    );
    expect(taken.map(({ ok, id }) => [ok, id])).toEqual([
      [true, idOf(1)],
      [false, idOf(2)],
      [false, ''],
      [false, ''],
      [false, idOf(3)],
      [true, idOf(4)],
    ]);
    expect(taken.filter(({ ok }) => !ok)).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ reasonCode: 'invalid-report', reason: expect.any(String) })),
    );
  });

  it('names no more reports of a broken envelope than a message may hold, and none without an id', () => {
    const items = [{ error: { id: '' } }, null, ...Array.from({ length: 45_000 }, (_, n) => buildItem(n))];
    const taken = takeReports(buildEnvelope(items), reception);
    expect('ids' in taken && taken.ids).toEqual(Array.from({ length: 498 }, (_, n) => idOf(n)));
  });

  it.each([
    ['as long as one may be', 'x'.repeat(100), 'x'.repeat(100)],
    ['longer than any', 'x'.repeat(101), ''],
  ])('names a report by its whole id or not at all: an id %s', (_what, id, named) => {
    expect(take(buildEnvelope([{ error: { id } }]))).toMatchObject([{ ok: false, id: named }]);
    expect(takeReports(buildEnvelope([{ error: { id } }], { v: 2 }), reception)).toMatchObject({
      ids: named === '' ? [] : [named],
    });
  });

  it('refuses every item where none is sound, one by one', () => {
    expect(take(buildEnvelope([null, 7])).map((taken) => taken.ok)).toEqual([false, false]);
  });

  it.each<[string, unknown]>([
    ['an unknown version', { ...buildEnvelope([buildItem(1)]), v: 2 }],
    ['no version', { agent_id: 'memory-agent', items: [buildItem(1)] }],
    ['no items', buildEnvelope([])],
    ['items that are no list', { v: 1, agent_id: 'memory-agent', items: { 0: buildItem(1) } }],
    ['more items than allowed', buildEnvelope(Array.from({ length: 501 }, (_, n) => buildItem(n)))],
    ['an unknown member', buildEnvelope([buildItem(1)], { surprise: true })],
    ['a name that is none', buildEnvelope([buildItem(1)], { agent_id: '../x' })],
    ['null', null],
    ['a text', 'report'],
    ['a list', [buildItem(1)]],
  ])('refuses a message with %s as a whole', (_case, body) => {
    expect(takeReports(body, reception)).toMatchObject({ reasonCode: 'invalid-envelope', reason: expect.any(String) });
  });

  it.each([
    [{ id: 7 }],
    [{ id: 'not-a-guid' }],
    [{ timestamp: 'yesterday' }],
    [{ source: 'backend-' }],
    [{ source: 'backend-../etc' }],
    [{ type: 'weather' }],
    [{ severity: 11 }],
    [{ data: [] }],
    [{ data: null }],
    [{ context: 'text' }],
  ])('refuses a report with %j and says where', (wrong) => {
    const [taken] = take(buildEnvelope([buildItem(1, wrong)]));
    expect(taken).toMatchObject({ ok: false, reasonCode: 'invalid-report' });
    expect(taken?.ok === false && taken.reason).toContain(Object.keys(wrong)[0]);
  });

  it('replaces what the database can not hold', () => {
    const { event } = takeOne(buildItem(1, { data: { message: 'a\u0000b', 'k\ud800': ['\udc00'] } }));
    expect(event.data.error.data).toEqual({ message: 'a\ufffdb', 'k\ufffd': ['\ufffd'] });
  });

  it('refuses a number that nothing can hold, with its reason', () => {
    const body: unknown = JSON.parse(
      JSON.stringify(buildEnvelope([buildItem(1), buildItem(2)])).replace(
        '"consecutive_failures":0',
        '"consecutive_failures":1e999',
      ),
    );
    expect(take(body)).toMatchObject([
      { ok: false, id: idOf(1), reasonCode: 'not-canonical', reason: 'Infinity has no canonical JSON form' },
      { ok: true },
    ]);
  });

  it('redacts secrets and counts them', () => {
    const secret = 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH';
    const { event } = takeOne(
      buildItem(1, { data: { message: `key ${secret}` }, context: { authorization: `Bearer ${secret}` } }),
    );
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(event.data.redacted_count).toBeGreaterThanOrEqual(2);
  });

  it('gives an honest re-send the same content hash, and a changed one another', () => {
    const first = takeOne(buildItem(1));
    const later = takeReports(buildEnvelope([buildItem(1)]), { ...reception, ageMs: 90_000, receivedAtMs: BEGIN_MS + 90_000 });
    expect(later).toMatchObject([{ contentHash: first.contentHash }]);
    expect(takeOne(buildItem(1, { severity: 'low' })).contentHash).not.toBe(first.contentHash);
  });

  it('takes a long text although its cut goes through a character', () => {
    for (const padding of ['', 'x']) {
      const message = `${padding}${'👩'.repeat(20_000)}`;
      expect(() => canonicalJson(takeOne(buildItem(1, { data: { message } })).event.data.error)).not.toThrow();
    }
  });

  it('takes no prototype for a member', () => {
    const body: unknown = JSON.parse(
      JSON.stringify(buildEnvelope([buildItem(1)])).replace(
        '"context":{}',
        '"context":{"__proto__":{"polluted":true},"constructor":1}',
      ),
    );
    const [taken] = take(body);
    expect(taken?.ok).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it(`takes every naughty string (${hasCorpus ? 'of the corpus' : 'built-in few, the corpus is not there'})`, () => {
    for (const text of naughty) {
      const { event } = takeOne(buildItem(1, { data: { message: text, [`k${text}`]: text }, context: { url: text } }));
      expect(() => canonicalJson(event.data.error)).not.toThrow();
      expect(JSON.stringify(event)).not.toMatch(/\\u0000/);
    }
  });

  it('never throws, whatever JSON comes in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue(), { maxLength: 4 }), (body, items) => {
        const whole = takeReports(body, reception);
        expect(Array.isArray(whole) ? whole.every(({ ok }) => !ok) : whole.reasonCode).toBe('invalid-envelope');
        const taken = takeReports(buildEnvelope([buildItem(1), ...items]), reception);
        expect(Array.isArray(taken) ? taken.length : 0).toBe(items.length + 1);
      }),
      { seed: 13 },
    );
  });
});
