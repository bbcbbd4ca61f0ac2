import { describe, expect, it } from '@jest/globals';
import type { LogEvent } from '#libs/contracts';
import { computeAnnouncement, sayAnew } from './announcement-words.ts';

const event = (type: string): LogEvent => ({
  position: '1',
  event_id: 'e',
  stream: 's',
  version: 1,
  type,
  schema_version: 1,
  recorded_at: '2026-01-01T00:00:00.000Z',
  data: { target: 'rag' },
  metadata: {},
});

describe('what a screen reader is told', () => {
  it('hears that an incident began or ended, and nothing of what lies between', () => {
    expect(computeAnnouncement([event('IncidentOpened'), event('ProbeObserved')])).toBe('New incident: rag');
    expect(computeAnnouncement([event('ProbeObserved'), event('IncidentGrew')])).toBeUndefined();
  });

  it('hears the same again when the same happens again, however often', () => {
    const said: string[] = [];
    for (let n = 0; n < 4; n++) said.push(sayAnew('An incident is resolved', said.at(-1) ?? ''));
    expect(said.map((text, n) => text !== (said[n - 1] ?? ''))).toEqual([true, true, true, true]);
    expect(new Set(said.map((text) => text.trim()))).toEqual(new Set(['An incident is resolved']));
  });

  it('hears a number instead of a list when much happens at once', () => {
    expect(computeAnnouncement(Array.from({ length: 9 }, () => event('IncidentOpened')))).toBe('9 incidents have changed');
  });
});
