import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LogEvent, Narrator } from '#libs/contracts';
import { addToWindow, countAfter, emptyWindow, incidentOf, type LogWindow, MAX_ROWS, selectFresh } from './log-window.ts';

const event = (position: number, parts: Partial<LogEvent> = {}): LogEvent => ({
  position: String(position),
  event_id: `e${position}`,
  stream: 'test',
  version: position,
  type: 'ProbeObserved',
  schema_version: 1,
  recorded_at: '2026-01-01T00:00:00.000Z',
  data: {},
  metadata: {},
  ...parts,
});
const range = (from: number, to: number): LogEvent[] => Array.from({ length: to - from + 1 }, (_, n) => event(from + n));

const receive = (window: LogWindow, events: readonly LogEvent[]): LogWindow =>
  addToWindow(window, selectFresh(window.lastPosition, events), new Narrator());

const shown = (window: LogWindow): number[] => window.rows.everything.map(({ position }) => position);

describe('the window on the log', () => {
  it('shows the latest first', () => {
    expect(shown(receive(emptyWindow(), range(1, 3)))).toEqual([3, 2, 1]);
  });

  it('shows each event once and in order, however often and in which order parts of it come', () => {
    const piece = fc.tuple(fc.nat(30), fc.nat(20));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        let window = emptyWindow();
        for (const [lack, length] of pieces) {
          // A connection that is made again begins at or before the last event that was seen.
          const from = Math.max(1, window.lastPosition + 1 - lack);
          const events = range(from, from + length);
          window = receive(window, lack % 2 === 0 ? events : events.toReversed());
        }
        expect(shown(window)).toEqual(Array.from({ length: window.lastPosition }, (_, n) => window.lastPosition - n));
      }),
    );
  });

  it('keeps a bounded number of rows, the latest', () => {
    const window = receive(receive(emptyWindow(), range(1, MAX_ROWS)), range(MAX_ROWS + 1, MAX_ROWS + 7));
    expect(shown(window)).toHaveLength(MAX_ROWS);
    expect(shown(window).at(0)).toBe(MAX_ROWS + 7);
    expect(shown(window).at(-1)).toBe(8);
  });

  it('lets no storm of one kind push another kind out', () => {
    const opened = event(1, { type: 'IncidentOpened' });
    const window = receive(receive(emptyWindow(), [opened]), range(2, 2 * MAX_ROWS));
    expect(window.rows.incidents.map(({ position }) => position)).toEqual([1]);
    expect(window.rows.checks).toHaveLength(MAX_ROWS);
  });

  it('stays the same when nothing is new', () => {
    const window = receive(emptyWindow(), range(1, 3));
    expect(receive(window, range(1, 3))).toBe(window);
  });

  it('tells the incident of an event by what the log says, or by what it says itself', () => {
    expect(incidentOf(event(1, { metadata: { correlation_id: 'a-1' }, data: { incident_id: 'b-1' } }))).toBe('a-1');
    expect(incidentOf(event(1, { data: { incident_id: 'b-1' } }))).toBe('b-1');
    expect(incidentOf(event(1, { data: { incident_id: 7 } }))).toBeUndefined();
  });

  it('counts what came after a place', () => {
    const { rows } = receive(emptyWindow(), range(1, 10));
    expect([0, 4, 10, 99].map((position) => countAfter(rows.everything, position))).toEqual([10, 6, 0, 0]);
  });
});
