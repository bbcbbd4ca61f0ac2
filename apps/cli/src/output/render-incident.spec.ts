import { describe, expect, it } from '@jest/globals';
import type { IncidentDetail, JsonObject, TimelineEntry } from '#libs/contracts';
import { renderIncident } from './render-incident.ts';
import { createStyle } from './style.ts';

const OPENED = Date.parse('2026-10-01T23:59:59.000Z');
const idOf = (ordinal: number): string => `01a20ad7-f44b-7119-aad7-${String(ordinal).padStart(12, '0')}`;

function entry(
  ordinal: number,
  type: string,
  { afterMs, cause, data }: { afterMs: number; cause?: number; data: JsonObject },
): TimelineEntry {
  return {
    position: String(ordinal),
    event_id: idOf(ordinal),
    stream: 'fix-f',
    version: ordinal,
    type,
    schema_version: 1,
    recorded_at: new Date(OPENED + afterMs).toISOString(),
    data,
    metadata: {},
    since_opened_ms: afterMs,
    since_previous_ms: 1,
    caused_by: cause === undefined ? null : idOf(cause),
  };
}

const incident: IncidentDetail = {
  incident_id: '3f2a9c01b7de-1',
  state: 'escalated',
  service: 'memory',
  fingerprint: 'f',
  error_type: 'health',
  symptom: 'service-down',
  severity: 'critical',
  count: 1,
  opened_at: new Date(OPENED).toISOString(),
  changed_at: new Date(OPENED).toISOString(),
  ended_at: null,
  fix_id: 'f',
  strategy: 'restart/service',
  reason_code: 'attempts-exhausted',
  position: '9',
  omitted: 1234,
  timeline: [
    entry(1, 'ErrorReported', {
      afterMs: 12,
      data: {
        agent_id: 'memory-agent',
        target: 'memory',
        error: { type: 'health', data: { reason: 'exited', pid: 7, exit_code: 1 } },
      },
    }),
    entry(2, 'TimerSet', { afterMs: 20, data: { name: 'retry' } }),
    entry(3, 'FixAttemptFailed', {
      afterMs: 1500,
      cause: 1,
      data: { attempt: 2, reason_code: 'exited-early', detail: '\u001b[2Jboom' },
    }),
    entry(4, 'IncidentEscalated', { afterMs: 1510, cause: 3, data: { reason_code: 'attempts-exhausted' } }),
  ],
};

const render = (isComplete = false, isColoured = false): string =>
  renderIncident(incident, { style: createStyle(isColoured), nowMs: OPENED + 60_000, isComplete }).join('\n');

describe('renderIncident', () => {
  it('tells what it is and how it stands, then every event with its time, id and cause', () => {
    expect(render()).toBe(`ESCALATED  memory needs a person: every attempt failed [attempts-exhausted]

incident  3f2a9c01b7de-1 (critical, health, 1 report)
began     2026-10-01 23:59:59.000 UTC, 1 min 00 s ago
times     reported +12 ms · ended +1.5 s
failure   attempt 2 failed: the new process ended before it was ready [exited-early]
next      remove the cause and start the service; the incident follows when its agent sees it healthy

  #  TIME (UTC)   SINCE BEGAN  SINCE LAST  WHAT
  1  23:59:59.012      +12 ms              memory-agent saw process 7 of memory exit (exit code 1)
                                           ErrorReported ${idOf(1)}, an observation
      2026-10-02
  2  00:00:00.500      +1.5 s      +1.5 s  attempt 2 failed: the new process ended before it was ready [exited-early]
                                           - boom
                                           FixAttemptFailed ${idOf(3)}, cause #1 …00000001
  3  00:00:00.510      +1.5 s      +10 ms  incident escalated, a person has to look: every attempt failed [attempts-exhausted]
                                           IncidentEscalated ${idOf(4)}, cause #2 …00000003

1234 events left out, mostly repetitions; zantara events shows every one
1 timer and reservation event hidden; --all shows them`);
  });

  it('shows timers where everything is asked for', () => {
    expect(render(true)).toContain(`TimerSet ${idOf(2)}, no cause recorded`);
    expect(render(true)).not.toContain('hidden');
  });

  it('names the whole id of a cause that is not in the story', () => {
    const timeline = incident.timeline.slice(0, 1).map((first) => ({ ...first, caused_by: idOf(99) }));
    const lines = renderIncident(
      { ...incident, timeline, omitted: 0 },
      { style: createStyle(false), nowMs: OPENED, isComplete: false },
    );
    expect(lines.at(-1)).toContain(`cause ${idOf(99)}`);
  });

  it('colours only where it may', () => {
    expect(render()).not.toContain('\u001b');
    expect(render(false, true)).toContain('\u001b[31mESCALATED');
  });

  it.each([
    ['open', 'has had a fault for 1 min 00 s, and no fix is under way'],
    ['healing', 'has had a fault for 1 min 00 s; restart/service is under way'],
    ['mitigated', 'works again, says its agent; nobody independent has confirmed it'],
    ['resolved', 'was healed by restart/service after 1 min 00 s, checked by the orchestrator itself'],
  ] as const)('says in the first line what %s means', (state, words) => {
    const [first] = renderIncident(
      { ...incident, state },
      { style: createStyle(false), nowMs: OPENED + 60_000, isComplete: false },
    );
    expect(first).toBe(`${state.toUpperCase()}  memory ${words}`);
  });
});
