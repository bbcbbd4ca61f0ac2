import { describe, expect, it } from '@jest/globals';
import type { LogEvent } from '#libs/contracts';
import { computeAnnouncement } from './announcement-words.ts';

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

  it('hears a number instead of a list when much happens at once', () => {
    expect(computeAnnouncement(Array.from({ length: 9 }, () => event('IncidentOpened')))).toBe('9 incidents have changed');
  });
});
