import { describe, expect, it } from '@jest/globals';
import { BEGIN_MS, buildOccurrence, buildRecordOccurrences, KEY } from '../../test/builders/incident-builder.ts';
import { recorded } from '../../test/builders/log-builder.ts';
import { applyToTables } from '../../test/builders/table-model.ts';
import type { IncidentCommand } from './incident.commands.ts';
import { decideIncident } from './incident.decider.ts';
import type { IncidentEvent } from './incident.events.ts';
import { evolveIncident, INITIAL_INCIDENT } from './incident.ts';
import { incidentsProjection } from './incidents.projection.ts';

const incidentId = `${KEY}-1`;
const fix = { fixId: `${incidentId}-1`, incidentId, strategy: 'restart/service' };

/** The events that these commands make, one minute apart. */
function run(...commands: IncidentCommand[]): IncidentEvent[] {
  let state = INITIAL_INCIDENT;
  return commands.flatMap((command, index) => {
    const events = decideIncident(state, command);
    state = events.reduce(
      (s, event) => evolveIncident(s, event, { recordedAt: new Date(BEGIN_MS + index * 60_000), position: 1 }),
      state,
    );
    return events;
  });
}
const project = (events: readonly IncidentEvent[]): unknown[] =>
  applyToTables(
    incidentsProjection,
    events.map((event, index) => recorded(event, { position: index + 1, recordedAt: new Date(BEGIN_MS + index * 60_000) })),
  ).get('incidents') ?? [];

const record = (position: number, after = position): IncidentCommand => buildRecordOccurrences(buildOccurrence(position, after));

describe('the list of incidents', () => {
  it('has a row from the first report on', () => {
    expect(project(run(record(7)))).toEqual([
      expect.objectContaining({
        incident_id: incidentId,
        state: 'open',
        count: 1,
        from_pos: 1,
        symptom: 'service-down',
        episode: 1,
      }),
    ]);
  });

  it('follows the incident to its end', () => {
    const events = run(
      record(1),
      record(2),
      { type: 'StartHealing', ...fix },
      { type: 'ResolveIncident', ...fix, resolvedAtMs: BEGIN_MS + 120_000 },
    );
    expect(project(events.slice(0, 3))).toMatchObject([
      { state: 'healing', count: 2, fix_id: fix.fixId, strategy: fix.strategy },
    ]);
    expect(project(events)).toMatchObject([{ state: 'resolved', count: 2, ended_at: '2026-01-01T00:03:00.000Z', from_pos: 4 }]);
  });

  it('says why a person is needed, and when an agent says it is over', () => {
    const escalated = run(record(1), { type: 'EscalateIncident', incidentId, reasonCode: 'attempts-exhausted' });
    expect(project(escalated)).toMatchObject([{ state: 'escalated', reason_code: 'attempts-exhausted' }]);
    const mitigated = run(record(1), {
      type: 'MitigateIncident',
      incidentId,
      claimedBy: 'memory-agent',
      claimedAtMs: BEGIN_MS + 60_000,
      claimPosition: 2,
    });
    expect(project(mitigated)).toMatchObject([{ state: 'mitigated' }]);
  });

  it('is open again when the word of an agent was wrong', () => {
    const claim = {
      type: 'MitigateIncident' as const,
      incidentId,
      claimedBy: 'memory-agent',
      claimedAtMs: BEGIN_MS + 60_000,
      claimPosition: 2,
    };
    expect(project(run(record(1), claim, record(3, 600_000)))).toMatchObject([{ state: 'open', count: 2, from_pos: 4 }]);
  });

  it('has a row for each episode', () => {
    const events = run(
      record(1),
      { type: 'StartHealing', ...fix },
      { type: 'ResolveIncident', ...fix, resolvedAtMs: BEGIN_MS + 120_000 },
      record(9, 600_000),
    );
    expect(project(events)).toMatchObject([
      { incident_id: incidentId, state: 'resolved' },
      { incident_id: `${KEY}-2`, state: 'open', episode: 2 },
    ]);
  });

  it('declares the type of every event of an incident', () => {
    expect(incidentsProjection.types).toHaveLength(7);
  });
});
