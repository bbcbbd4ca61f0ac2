import { describe, expect, it } from '@jest/globals';
import { type Replayed, renderReplayed } from './render-replayed.ts';
import { createStyle } from './style.ts';

const event: Replayed = {
  kind: 'event',
  position: '42',
  stream: 'incident-k',
  type: 'IncidentHealing',
  recorded_at: '2026-10-01T03:00:00.123Z',
};
const render = (parts: Partial<Replayed>): string[] => renderReplayed({ ...event, ...parts }, createStyle(false)).split('\n');

describe('a replayed event', () => {
  it('is told with its place and its time', () => {
    expect(render({})).toEqual(['      42  2026-10-01 03:00:00.123  IncidentHealing  incident-k']);
  });

  it('shows what came, what changed and what went', () => {
    const lines = render({
      effects: [
        { table: 'fixes', before: null, after: { fix_id: 'f', verdict: null } },
        { table: 'incidents', before: { state: 'open', count: 2 }, after: { state: 'healing', count: 2 } },
        { table: 'fix_timers', before: { name: 'probe' }, after: null },
      ],
    });
    expect(lines.slice(1).map((line) => line.trim())).toEqual([
      '+ fixes',
      'fix_id: f',
      '~ incidents',
      'state: open → healing',
      '- fix_timers',
      'name: probe',
    ]);
  });

  it('says what could not be read or handled, and lets no text of others move the cursor', () => {
    const lines = render({
      type: 'Odd\u001b[2J',
      unreadable: 'of version 9',
      problems: [{ read_model: 'fixes', key: 'fix-\u001b]0;x\u0007f', reason: 'no such thing' }],
    });
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines.slice(1).map((line) => line.trim())).toEqual([
      "! it can't be read: of version 9",
      '! fixes leaves fix-f alone from here on: no such thing',
    ]);
  });
});
