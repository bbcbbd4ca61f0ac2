import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  applyIncidentCommands,
  BEGIN_MS,
  buildOccurrence,
  buildRecordOccurrences,
  KEY,
} from '../../test/builders/incident-builder.ts';
import type { IncidentCommand, RecordOccurrences } from './incident.commands.ts';
import type { IncidentEvent } from './incident.events.ts';
import { decideIncident } from './incident.decider.ts';
import { evolveIncident, type IncidentEpisode, type IncidentState, INITIAL_INCIDENT } from './incident.ts';

const FIRST = `${KEY}-1`;
const MINUTE_MS = 60_000;
const record = (...positions: number[]): IncidentCommand =>
  buildRecordOccurrences(...positions.map((position) => buildOccurrence(position)));
const startHealing: IncidentCommand = {
  type: 'StartHealing',
  incidentId: FIRST,
  fixId: `${FIRST}-1`,
  strategy: 'restart/service',
};
const resolve: IncidentCommand = {
  type: 'ResolveIncident',
  incidentId: FIRST,
  fixId: `${FIRST}-1`,
  strategy: 'restart/service',
  resolvedAtMs: BEGIN_MS + MINUTE_MS,
};
const escalate: IncidentCommand = { type: 'EscalateIncident', incidentId: FIRST, reasonCode: 'attempts-exhausted' };
const mitigate: IncidentCommand = {
  type: 'MitigateIncident',
  incidentId: FIRST,
  claimedBy: 'memory-agent',
  claimedAtMs: BEGIN_MS + MINUTE_MS,
  claimPosition: 5,
};
const evidenceAfter = (...commands: IncidentCommand[]): IncidentEpisode['evidence'] => episodeOf(given(...commands)).evidence;
const byOwner = {};
const byForeigner = { agent_id: 'rag-agent' };
const byPage = { agent_id: 'shop', agent_class: 'browser' as const };
const recordBy = (...reporters: readonly [position: number, Parameters<typeof buildOccurrence>[2]][]): RecordOccurrences =>
  buildRecordOccurrences(...reporters.map(([position, reporter]) => buildOccurrence(position, position, reporter)));

/** The state after these commands, the log taking each in a minute after the one before. */
const given = (...commands: IncidentCommand[]): IncidentState =>
  applyIncidentCommands(commands.map((command, index) => ({ command, at: index * MINUTE_MS })));
const types = (state: IncidentState, command: IncidentCommand): string[] =>
  decideIncident(state, command).map(({ type }) => type);
function episodeOf(state: IncidentState): IncidentEpisode {
  if (!state.known) throw new Error('no incident');
  return state;
}

describe('an incident and its reports', () => {
  it('opens with the first report and what it shows', () => {
    const [opened, ...others] = decideIncident(INITIAL_INCIDENT, record(7));
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      type: 'IncidentOpened',
      data: { incident_id: FIRST, episode: 1, target: 'memory', severity: 'critical', evidence: { report_position: '7' } },
    });
  });

  it('opens and grows when several reports come together', () => {
    const events = decideIncident(INITIAL_INCIDENT, record(1, 2, 3));
    expect(events.map(({ type }) => type)).toEqual(['IncidentOpened', 'IncidentGrew']);
    expect(events[1]).toMatchObject({ data: { added: 2, count: 3, through_position: '3' } });
  });

  it('counts the same reports once, however often they come', () => {
    const state = given(record(1, 2, 3));
    expect(decideIncident(state, record(1, 2, 3))).toEqual([]);
    expect(decideIncident(state, record(2, 3, 4))).toMatchObject([{ data: { added: 1, count: 4, through_position: '4' } }]);
  });

  it('makes nothing of no reports', () => {
    expect(decideIncident(INITIAL_INCIDENT, buildRecordOccurrences())).toEqual([]);
    expect(decideIncident(given(record(1)), buildRecordOccurrences())).toEqual([]);
  });

  it('counts a late report to the resolved episode it belongs to', () => {
    const resolved = given(record(1), startHealing, resolve);
    const late = buildRecordOccurrences(buildOccurrence(9, 30_000));
    expect(decideIncident(resolved, late)).toMatchObject([{ type: 'IncidentGrew', data: { incident_id: FIRST, count: 2 } }]);
  });

  it('opens the next episode for what is observed after the fix', () => {
    const resolved = given(record(1), startHealing, resolve);
    const events = decideIncident(resolved, buildRecordOccurrences(buildOccurrence(9, 30_000), buildOccurrence(10, 180_000)));
    expect(events).toMatchObject([
      { type: 'IncidentGrew', data: { incident_id: FIRST, added: 1 } },
      { type: 'IncidentOpened', data: { incident_id: `${KEY}-2`, episode: 2, evidence: { report_position: '10' } } },
    ]);
  });

  it('goes on when it was said to be over and is seen again, nothing having been done', () => {
    const mitigated = given(record(1), mitigate);
    const batch = buildRecordOccurrences(buildOccurrence(2, 2), buildOccurrence(3, 12 * MINUTE_MS), buildOccurrence(4, 4));
    expect(decideIncident(mitigated, batch)).toMatchObject([
      { type: 'IncidentGrew', data: { incident_id: FIRST, added: 1, count: 2, through_position: '2' } },
      { type: 'IncidentReopened', data: { incident_id: FIRST, reason_code: 'reported-again' } },
      { type: 'IncidentGrew', data: { incident_id: FIRST, added: 2, count: 4, through_position: '4' } },
    ]);
    expect(applyIncidentCommands([{ command: batch }], mitigated)).toMatchObject({ state: 'open', overAtMs: undefined });
  });

  it('rests only on what was seen after it was said to be over, once it goes on', () => {
    const failing = buildRecordOccurrences(buildOccurrence(2, 12 * MINUTE_MS, { exited: false }));
    expect(evidenceAfter(record(1), mitigate, failing)).toMatchObject({ exited: false, report_position: '2' });
  });

  it.each([
    ['a page', byPage],
    ['the agent of another service', byForeigner],
  ])('stays what its owner said of it, whatever %s reports after that', (_who, reporter) => {
    const mitigated = given(record(1), mitigate);
    const again = buildRecordOccurrences(buildOccurrence(9, 12 * MINUTE_MS, reporter));
    expect(decideIncident(mitigated, again)).toMatchObject([{ type: 'IncidentGrew', data: { incident_id: FIRST, count: 2 } }]);
    expect(applyIncidentCommands([{ command: again }], mitigated)).toMatchObject({ state: 'mitigated' });
    const byBoth = buildRecordOccurrences(buildOccurrence(9, 12 * MINUTE_MS, reporter), buildOccurrence(10, 13 * MINUTE_MS));
    expect(types(mitigated, byBoth)).toEqual(['IncidentGrew', 'IncidentReopened', 'IncidentGrew']);
  });

  it('hears who said that it is over also when the service has another owner by then', () => {
    const again = { ...buildRecordOccurrences(buildOccurrence(9, 12 * MINUTE_MS)), ownerAgent: 'new-agent' };
    expect(types(given(record(1), mitigate), again)).toContain('IncidentReopened');
  });

  it('was over from the verdict, however late it is told of it', () => {
    const told = applyIncidentCommands([
      { command: record(1) },
      { command: startHealing },
      { command: resolve, at: 3 * MINUTE_MS },
    ]);
    const between = buildRecordOccurrences(buildOccurrence(9, 2 * MINUTE_MS));
    expect(decideIncident(told, between)).toMatchObject([{ type: 'IncidentOpened', data: { episode: 2 } }]);
  });

  it('is over from when that was said, however late it is told of it', () => {
    const told = (at: number): IncidentState =>
      applyIncidentCommands([{ command: record(1) }, { command: { ...mitigate, claimedAtMs: BEGIN_MS + 1000 }, at }]);
    const exit = buildRecordOccurrences(buildOccurrence(9, 1500));
    for (const at of [1000, 2000, 60_000]) expect(types(told(at), exit)).toEqual(['IncidentReopened', 'IncidentGrew']);
    expect(types(told(2000), buildRecordOccurrences(buildOccurrence(9, 1000)))).toEqual(['IncidentGrew']);
  });

  it('begins a new episode when a person was told before it was said to be over, so that it is decided anew', () => {
    const mitigated = given(record(1), escalate, mitigate);
    const again = buildRecordOccurrences(buildOccurrence(2, 12 * MINUTE_MS));
    expect(decideIncident(mitigated, again)).toMatchObject([{ type: 'IncidentOpened', data: { episode: 2 } }]);
  });

  it('counts what was seen before the mitigation to the episode that it ended', () => {
    const mitigated = given(record(1), mitigate);
    expect(decideIncident(mitigated, record(2))).toMatchObject([
      { type: 'IncidentGrew', data: { incident_id: FIRST, count: 2 } },
    ]);
  });

  it('keeps counting while a person is looking, and stays escalated', () => {
    const escalated = given(record(1), escalate);
    expect(decideIncident(escalated, record(2, 3))).toMatchObject([{ type: 'IncidentGrew', data: { count: 3 } }]);
    expect(given(record(1), escalate, record(2, 3))).toMatchObject({ state: 'escalated' });
  });

  it('rests on the latest word of the owner, whoever reports beside it', () => {
    const batch = recordBy([1, byPage], [2, byOwner], [3, byOwner], [4, byForeigner], [5, byPage]);
    expect(evidenceAfter(batch)).toMatchObject({ agent_id: 'memory-agent', report_position: '3' });
    expect(evidenceAfter(record(1), recordBy([2, byForeigner], [3, byPage]))).toMatchObject({ report_position: '1' });
    expect(evidenceAfter(recordBy([1, byForeigner]), record(2))).toMatchObject({ report_position: '2' });
    expect(evidenceAfter(record(2), buildRecordOccurrences(buildOccurrence(3, 1)))).toMatchObject({ report_position: '2' });
  });

  it('takes the word of a service agent over that of a page where nobody owns the target', () => {
    const batch = { ...recordBy([1, byPage], [2, byForeigner], [3, byPage]), ownerAgent: undefined };
    expect(evidenceAfter(batch)).toMatchObject({ agent_id: 'rag-agent' });
    expect(evidenceAfter(recordBy([1, byPage]), recordBy([2, byPage]))).toMatchObject({ report_position: '2' });
  });

  it('keeps healing while more reports come in', () => {
    expect(given(record(1), startHealing, record(2))).toMatchObject({ state: 'healing', count: 2 });
  });
});

describe('the life of an incident', () => {
  it('goes from open to healing to resolved, with its duration', () => {
    const healing = given(record(1), startHealing);
    expect(healing).toMatchObject({ state: 'healing', fixId: `${FIRST}-1` });
    expect(decideIncident(healing, resolve)).toMatchObject([{ type: 'IncidentResolved', data: { duration_ms: MINUTE_MS - 1 } }]);
  });

  it('enters each state once', () => {
    expect(types(given(record(1), startHealing), startHealing)).toEqual([]);
    expect(types(given(record(1), resolve), resolve)).toEqual([]);
    expect(types(given(record(1), escalate), escalate)).toEqual([]);
    expect(types(given(record(1), mitigate), mitigate)).toEqual([]);
  });

  it('takes no claim that is older than its latest report', () => {
    expect(types(given(record(1), record(6)), mitigate)).toEqual([]);
    expect(types(given(record(1), record(4)), mitigate)).toEqual(['IncidentMitigated']);
    expect(types(given(record(1), recordBy([6, byPage])), mitigate)).toEqual(['IncidentMitigated']);
  });

  it.each(['other', 'syntax', 'server-error', 'memory-leak'] as const)(
    'of the kind %s is not over because its service is said to be well',
    (symptom) => {
      expect(types(given(recordBy([1, { symptom }])), mitigate)).toEqual([]);
      expect(types(given(recordBy([1, { symptom: 'service-down' }])), mitigate)).toEqual(['IncidentMitigated']);
    },
  );

  it('stays one episode when a fix begins or a person is asked after it was mitigated', () => {
    const again = buildRecordOccurrences(buildOccurrence(9, 10 * MINUTE_MS));
    expect(given(record(1), mitigate, startHealing, again)).toMatchObject({ incidentId: FIRST, state: 'healing', count: 2 });
    expect(given(record(1), mitigate, startHealing, again, resolve)).toMatchObject({ incidentId: FIRST, state: 'resolved' });
    expect(given(record(1), mitigate, escalate, again)).toMatchObject({ incidentId: FIRST, state: 'escalated', count: 2 });
  });

  it('is said to be over again after it went on, and resolved from there', () => {
    const again = buildRecordOccurrences(buildOccurrence(9, 10 * MINUTE_MS));
    const later: IncidentCommand = { ...mitigate, claimPosition: 12 };
    expect(given(record(1), mitigate, again, mitigate)).toMatchObject({ state: 'open' });
    expect(given(record(1), mitigate, again, later)).toMatchObject({ state: 'mitigated' });
    expect(given(record(1), mitigate, again, later, resolve)).toMatchObject({ incidentId: FIRST, state: 'resolved' });
  });

  it('takes no word of an agent while it is healing', () => {
    expect(types(given(record(1), startHealing), mitigate)).toEqual([]);
  });

  it('is over for a fix once it is resolved or escalated', () => {
    for (const end of [resolve, escalate]) {
      const ended = given(record(1), end);
      expect([startHealing, resolve, escalate].flatMap((command) => types(ended, command))).toEqual([]);
    }
  });

  it('hears nothing that is about another episode', () => {
    const second = given(record(1), resolve, buildRecordOccurrences(buildOccurrence(9, 10 * MINUTE_MS)));
    expect(episodeOf(second).incidentId).toBe(`${KEY}-2`);
    expect([startHealing, resolve, escalate, mitigate].flatMap((command) => types(second, command))).toEqual([]);
  });

  it('hears nothing before it is known', () => {
    expect([startHealing, resolve, escalate, mitigate].flatMap((command) => types(INITIAL_INCIDENT, command))).toEqual([]);
  });
});

describe('the laws of an incident', () => {
  const ends = fc.constantFrom<IncidentCommand | undefined>(undefined, startHealing, resolve, escalate, mitigate);
  /** Reports in the order of the log, some of them observed late or in another order. */
  const reports = fc
    .array(fc.tuple(fc.nat(15 * MINUTE_MS), fc.constantFrom(byOwner, byForeigner, byPage)), { minLength: 1, maxLength: 12 })
    .map((observed) => observed.map(([after, reporter], index) => buildOccurrence(index + 2, after, reporter)));
  const cutInto = (items: readonly ReturnType<typeof buildOccurrence>[], cuts: readonly number[]): IncidentCommand[] => {
    const at = [...new Set([0, ...cuts.map((cut) => cut % (items.length + 1)), items.length])].sort((a, b) => a - b);
    return at.slice(1).map((end, index) => buildRecordOccurrences(...items.slice(at[index], end)));
  };
  const countedBy = (event: IncidentEvent): number => {
    if (event.type === 'IncidentGrew') return event.data.added;
    return event.type === 'IncidentOpened' ? 1 : 0;
  };
  const withoutTime = (state: IncidentState): object => ({ ...state, grewAtMs: 0 });

  it('any partition of reports into batches comes to the same', () => {
    fc.assert(
      fc.property(ends, reports, fc.array(fc.nat(20)), fc.array(fc.nat(20)), (end, items, some, others) => {
        const before = given(record(1), ...(end === undefined ? [] : [end]));
        const [one, other] = [some, others].map((cuts) =>
          applyIncidentCommands(
            cutInto(items, cuts).map((command) => ({ command, at: 20 * MINUTE_MS })),
            before,
          ),
        );
        expect(withoutTime(one ?? before)).toEqual(withoutTime(other ?? before));
      }),
      { seed: 7 },
    );
  });

  it('every report is counted once, in whatever batches it repeats', () => {
    const counted = (state: IncidentState, command: IncidentCommand): { state: IncidentState; count: number } => {
      const events = decideIncident(state, command);
      const count = events.map(countedBy).reduce((sum, added) => sum + added, 0);
      return {
        state: events.reduce((s, event) => evolveIncident(s, event, { recordedAt: new Date(BEGIN_MS), position: 1 }), state),
        count,
      };
    };
    fc.assert(
      fc.property(reports, fc.array(fc.nat(20)), (items, cuts) => {
        let state = INITIAL_INCIDENT;
        let total = 0;
        for (const command of cutInto(items, cuts).flatMap((batch) => [batch, batch])) {
          const result = counted(state, command);
          state = result.state;
          total += result.count;
        }
        expect(total).toBe(items.length);
        expect(counted(state, buildRecordOccurrences(...items)).count).toBe(0);
      }),
      { seed: 8 },
    );
  });
});
