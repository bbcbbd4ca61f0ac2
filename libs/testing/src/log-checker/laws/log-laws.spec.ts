import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../check-log.ts';
import type { TableRow } from '../evidence.ts';
import { HEALED_STORY, SERVICE, tell } from '../story-builder.ts';
import { READERS } from './readers.ts';

const SOUND = tell(HEALED_STORY);
const HEAD = SOUND.head.position;

describe('the laws of the log', () => {
  it('compare the head with the last event', () => {
    const found = checkLog({ ...SOUND, head: { ...SOUND.head, position: HEAD + 2 } });
    expect(found).toMatchObject([{ code: 'position-gap', positions: [HEAD + 1] }]);
  });

  it('compare the head of each stream with its last event', () => {
    const streamHeads = new Map(SOUND.streamHeads).set('slot-memory', 3).set('never-written', 1);
    expect(checkLog({ ...SOUND, streamHeads }).map(({ code, ids }) => [code, ids])).toEqual([
      ['version-gap', ['slot-memory']],
      ['version-gap', ['never-written']],
    ]);
  });

  it('hold that the chain covers every event and ends at the head', () => {
    const { chain } = SOUND;
    expect(checkLog({ ...SOUND, chain: chain.slice(0, -1) })).toMatchObject([{ code: 'chain-broken', positions: [HEAD] }]);
    expect(checkLog({ ...SOUND, head: { position: HEAD, chainHash: 'ab'.repeat(32) } })).toMatchObject([
      { code: 'chain-broken' },
    ]);
  });

  it('find a batch whose hash is not that of its events', () => {
    const chain = SOUND.chain.map((row) => (row.firstPosition === 4 ? { ...row, hash: 'cd'.repeat(32) } : row));
    expect(checkLog({ ...SOUND, chain })).toMatchObject([
      { code: 'chain-broken', positions: [4] },
      { code: 'chain-broken', positions: [5] },
    ]);
  });

  it('find a batch that does not begin where it says', () => {
    const chain = SOUND.chain.map((row) => (row.firstPosition === 4 ? { ...row, firstPosition: 3 } : row));
    expect(checkLog({ ...SOUND, chain })).toMatchObject([{ code: 'chain-broken', positions: [3] }]);
  });
});

describe('the law of readers', () => {
  const at = (position: number): ReadonlyMap<string, number> =>
    new Map([...READERS, 'of-old'].map((name) => [name, name === 'healing' ? position : 0]));

  it('lets nobody stand beyond the head', () => {
    expect(checkLog({ ...SOUND, checkpoints: at(HEAD + 1) })).toMatchObject([{ code: 'reader-ahead', ids: ['healing'] }]);
  });

  it('lets a reader lag as long as it had no time to read', () => {
    expect(checkLog({ ...SOUND, checkpoints: at(HEAD - 1) })).toEqual([]);
    const late = checkLog({ ...SOUND, checkpoints: at(HEAD - 1), options: { readThrough: HEAD } });
    expect(late.map(({ code, ids }) => [code, ids])).toEqual(READERS.map((name) => ['reader-behind', [name]]));
  });

  it('finds a reader that never ran, and asks nothing of one that no longer exists', () => {
    const checkpoints = new Map(READERS.map((name) => [name, HEAD])).set('of-old', 1);
    const check = (): unknown[] =>
      checkLog({ ...SOUND, checkpoints, options: { readThrough: HEAD } })
        .filter(({ code }) => code.startsWith('reader'))
        .map(({ code, ids }) => [code, ids]);
    expect(check()).toEqual([]);
    checkpoints.delete('command-relay');
    expect(check()).toEqual([['reader-behind', ['command-relay']]]);
  });
});

describe('the law of read models', () => {
  const endedAt = new Date(SOUND.records.at(-1)?.recordedAtMs ?? 0);
  const what = {
    episode: 1,
    service: 'memory',
    fingerprint: 'f',
    symptom: 'service-down',
    fix_id: 'k-1-1',
    strategy: 'restart/service',
  };
  const incidentRow = { incident_id: 'k-1', state: 'resolved', count: '2', ended_at: endedAt, ...what };
  const serviceRow = { ...SERVICE, service_id: 'memory', state: 'unknown', depends_on: '[]' };
  const timerRow = { fix_id: 'k-1-1', name: 'acknowledge', generation: 1, due_at: new Date(SOUND.readAtMs) };

  it('accepts the rows that the log gives', () => {
    const checkpoints = new Map([['read-model:incidents', HEAD]])
      .set('read-model:services', HEAD)
      .set('read-model:fix_timers', 12);
    const readModels = { ...SOUND.readModels, incidents: [incidentRow], services: [serviceRow], fix_timers: [timerRow] };
    expect(checkLog({ ...SOUND, checkpoints, readModels })).toEqual([]);
  });

  it('judges a projection by where it stands', () => {
    const checkpoints = new Map([['read-model:incidents', 12]]);
    const healing = { ...incidentRow, state: 'healing', count: '1', ended_at: null };
    const check = (row: TableRow): string[] =>
      checkLog({ ...SOUND, checkpoints, readModels: { ...SOUND.readModels, incidents: [row] } }).map(({ code }) => code);
    expect([check(healing), check(incidentRow)]).toEqual([[], ['read-model-differs']]);
  });

  it.each(['symptom', 'strategy', 'error_type', 'severity', 'opened_at', 'ended_at'])(
    'compares the %s of an incident',
    (column) => {
      const checkpoints = new Map([['read-model:incidents', HEAD]]);
      const readModels = { ...SOUND.readModels, incidents: [{ ...incidentRow, [column]: 'another' }] };
      expect(checkLog({ ...SOUND, checkpoints, readModels })).toMatchObject([
        { code: 'read-model-differs', ids: ['incidents', 'k-1'] },
      ]);
    },
  );

  it('compares when a timer is due', () => {
    const readModels = { ...SOUND.readModels, fix_timers: [{ ...timerRow, due_at: new Date(SOUND.readAtMs + 1) }] };
    const found = checkLog({ ...SOUND, checkpoints: new Map([['read-model:fix_timers', 12]]), readModels });
    expect(found).toMatchObject([{ code: 'read-model-differs', ids: ['fix_timers', 'k-1-1:acknowledge'] }]);
  });

  it('finds rows that are missing, invented or wrong', () => {
    const checkpoints = new Map([['read-model:incidents', HEAD]])
      .set('read-model:services', HEAD)
      .set('read-model:fix_timers', HEAD);
    const wrong = { ...incidentRow, state: 'open' };
    const found = checkLog({
      ...SOUND,
      checkpoints,
      readModels: { ...SOUND.readModels, incidents: [wrong], services: [], fix_timers: [timerRow] },
    });
    expect(found.map(({ code, ids }) => [code, ids])).toEqual([
      ['read-model-differs', ['incidents', 'k-1']],
      ['read-model-differs', ['services', 'memory']],
      ['read-model-differs', ['fix_timers', 'k-1-1:acknowledge']],
    ]);
  });
});
