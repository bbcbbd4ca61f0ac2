import { describe, expect, it } from '@jest/globals';
import type { IncidentDetail, TimelineEntry } from '../api/incident.schema.ts';
import type { JsonObject } from '../json.ts';
import { tellHeadline } from './headline.ts';

const OPENED = '2026-10-01T03:00:00.000Z';

const entry = (type: string, data: JsonObject): TimelineEntry => ({
  position: '1',
  event_id: type,
  stream: 'fix-f',
  version: 1,
  type,
  schema_version: 1,
  recorded_at: OPENED,
  data,
  metadata: {},
  since_opened_ms: 0,
  since_previous_ms: 0,
  caused_by: null,
});

const tell = (strategy: string | null, ...timeline: TimelineEntry[]): string => {
  const incident: IncidentDetail = {
    incident_id: 'i-1',
    state: 'resolved',
    service: 'rag',
    fingerprint: 'f',
    error_type: 'health',
    symptom: 'service-down',
    severity: 'critical',
    count: 1,
    opened_at: OPENED,
    changed_at: OPENED,
    ended_at: '2026-10-01T03:00:07.000Z',
    fix_id: 'i-1-1',
    strategy,
    reason_code: null,
    position: '9',
    timeline,
    omitted: 0,
  };
  return tellHeadline(incident, Date.parse(OPENED));
};

describe('the headline of an incident that is over', () => {
  it.each([
    ['healed', tell('restart', entry('VerdictReached', { verdict: 'verified' })), 'rag was healed by restart after 7.0 s'],
    [
      'not helped',
      tell('restart', entry('VerdictReached', { verdict: 'superseded' })),
      'rag recovered after 7.0 s, without the help of restart',
    ],
    ['left alone', tell(null, entry('VerdictReached', { verdict: 'superseded' })), 'rag works again after 7.0 s, without a fix'],
  ])('says of what was %s that it was so', (_how, told, expected) => {
    expect(told).toBe(`${expected}, checked by the orchestrator itself`);
  });

  it('does not boast of a success that was taken back', () => {
    const revoked = entry('VerdictRevoked', { revoked: 'verified', because_incident_id: 'i-2', after_ms: 60_000 });
    expect(tell('restart', entry('VerdictReached', { verdict: 'verified' }), revoked)).toBe(
      'rag was taken for healed after 7.0 s, and the fault returned: incident i-2',
    );
  });
});
