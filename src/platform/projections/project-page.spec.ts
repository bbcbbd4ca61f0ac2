import { describe, expect, it } from '@jest/globals';
import { type UnreadableEvent, UnknownSchemaVersionError } from '#libs/event-store';
import { recorded } from '../../../test/builders/log-builder.ts';
import { projectPage } from './project-page.ts';
import type { Cell, Projection, RowOperation } from './projection.ts';

const things: Projection = {
  name: 'things',
  version: 1,
  tables: [
    {
      name: 'things',
      kind: 'current',
      key: ['id'],
      columns: { id: 'text', n: 'integer', big: 'bigint', at: 'timestamptz', ok: 'boolean', uuid: 'uuid', doc: 'json' },
    },
  ],
  types: ['ThingHappened'],
  project: ({ data }) => {
    if (data['fails'] === true) throw new Error('no such thing');
    return [data as unknown as RowOperation];
  },
};
const upsert = (values: Record<string, Cell>, id: Cell = 'a'): object => ({
  kind: 'upsert',
  table: 'things',
  key: { id },
  values,
});
const event = (position: number, data: object, stream = 's') => ({
  ...recorded({ type: 'ThingHappened', data: data as never }, { position }),
  stream,
});
const never = (): boolean => false;

describe('a projected page', () => {
  it('holds operations with the positions of their events', () => {
    const { operations, parked } = projectPage(
      things,
      { events: [event(4, upsert({ n: 1 })), event(7, upsert({ n: 2 }))] },
      never,
    );
    expect(operations.map(({ position }) => position)).toEqual([4, 7]);
    expect(parked).toEqual([]);
  });

  it('parks the key of an event that fails, leaves out what follows for it, and goes on with the others', () => {
    const events = [
      event(1, upsert({ n: 1 })),
      event(2, { fails: true }),
      event(3, upsert({ n: 3 })),
      event(4, upsert({ n: 4 }), 'other'),
      event(5, upsert({ n: 5 })),
    ];
    const { operations, parked, heldBack } = projectPage(things, { events }, never);
    expect(operations.map(({ position }) => position)).toEqual([1, 4]);
    expect(parked).toEqual([{ key: 's', position: 2, eventType: 'ThingHappened', reason: 'Error: no such thing' }]);
    expect([...heldBack]).toEqual([['s', 2]]);
  });

  it('leaves out what belongs to a key that was parked before', () => {
    const { operations, parked, heldBack } = projectPage(things, { events: [event(9, upsert({}))] }, (key) => key === 's');
    expect([operations, parked, [...heldBack]]).toEqual([[], [], [['s', 1]]]);
  });

  it('parks what can not be read, by the key that the projection names', () => {
    const unreadable: UnreadableEvent = {
      position: 3,
      stream: 's',
      version: 1,
      type: 'ThingHappened',
      recordedAt: new Date(),
      unreadable: new Error('of a later version'),
    };
    const { parked } = projectPage({ ...things, parkBy: ({ position }) => `p${position}` }, { events: [unreadable] }, never);
    expect(parked).toMatchObject([{ key: 'p3', reason: 'Error: of a later version' }]);
  });

  it('waits for a newer release where an event is of a later version than is known', () => {
    const { position, stream, version, type, recordedAt } = event(3, upsert({}));
    const later = { position, stream, version, type, recordedAt, unreadable: new UnknownSchemaVersionError(type, 2, 1) };
    expect(() => projectPage(things, { events: [later] }, never)).toThrow(UnknownSchemaVersionError);
  });

  it.each<[string, Record<string, Cell>]>([
    ['a column that the table has not', { other: 1 }],
    ['a text for a number', { n: 'many' }],
    ['a number for a text', { doc: 1 }],
    ['a fraction', { n: 1.5 }],
    ['more than four bytes hold', { n: 2 ** 31 }],
    ['more than a number holds exactly', { big: 2 ** 53 }],
    ['no time', { at: 'yesterday' }],
    ['a year of six digits', { at: '+012345-01-01T00:00:00Z' }],
    ['no UUID', { uuid: 'x' }],
    ['a text for a truth', { ok: 'yes' }],
  ])('parks what its table can not hold: %s', (_what, values) => {
    expect(projectPage(things, { events: [event(1, upsert(values))] }, never).parked).toMatchObject([
      { position: 1, reason: expect.stringContaining('invalid-row') },
    ]);
  });

  it.each<[string, object]>([
    ['an unknown table', { kind: 'upsert', table: 'nothing', key: { id: 'a' }, values: {} }],
    ['a key without its column', { kind: 'delete', table: 'things', key: {} }],
    ['a key that no index holds', upsert({}, 'x'.repeat(1_001))],
  ])('parks %s', (_what, operation) => {
    expect(projectPage(things, { events: [event(1, operation)] }, never).parked).toHaveLength(1);
  });

  it('brings times and texts into the form in which they are read back', () => {
    const values = { at: '2026-01-01T01:00:00+01:00', doc: 'a\0b\ud800' };
    const [placed] = projectPage(things, { events: [event(1, upsert(values))] }, never).operations;
    expect(placed?.operation).toMatchObject({ values: { at: '2026-01-01T00:00:00.000Z', doc: 'a\ufffdb\ufffd' } });
  });
});
