import { describe, expect, it } from '@jest/globals';
import { foldEscalation, RAISED_AT_MS } from '../../test/builders/escalation-builder.ts';
import { decideClose, decideTrigger, type Endings } from './escalation.decider.ts';
import type { EscalationEvent } from './escalation.events.ts';
import type { Trigger } from './root-cause.ts';

const incident = (incidentId: string, service = 'rag'): Trigger => ({
  type: 'incident',
  incidentId,
  service,
  symptom: 'service-down',
  reasonCode: 'attempts-exhausted',
});
const silence = (service: string): Trigger => ({ type: 'silence', agentId: 'a', service, reasonCode: 'heartbeats-missing' });

/** Lets triggers of one root come one after the other, after these events. */
function take(
  root: string,
  triggers: readonly Trigger[],
  given: readonly EscalationEvent[] = [],
  atMs = RAISED_AT_MS,
): EscalationEvent[] {
  const events = [...given];
  for (const trigger of triggers) events.push(...decideTrigger(foldEscalation(events), root, trigger, atMs));
  return events.slice(given.length);
}

const ended = (endings: Partial<Endings>, given: readonly EscalationEvent[]): EscalationEvent[] =>
  decideClose(
    foldEscalation(given),
    { ended: new Set(), silent: new Set(), isStormOn: false, ...endings },
    RAISED_AT_MS + 60_000,
  );

/** Of the same root cause, and long enough after it was over to be another one. */
const [SOON_MS, LATER_MS] = [600_000, 700_000];

const typesOf = (events: readonly EscalationEvent[]): string[] => events.map(({ type }) => type);

describe('an escalation', () => {
  it('is raised by the first incident and joined by those that follow', () => {
    const events = take('service:rag', [incident('a-1'), incident('b-1', 'gateway')]);
    expect(events).toEqual([
      {
        type: 'EscalationRaised',
        data: {
          escalation_id: 'service-rag-1',
          root: 'service:rag',
          kind: 'service',
          reason_code: 'attempts-exhausted',
          incident_id: 'a-1',
          service: 'rag',
        },
      },
      {
        type: 'EscalationJoined',
        data: {
          escalation_id: 'service-rag-1',
          root: 'service:rag',
          reason_code: 'attempts-exhausted',
          incident_id: 'b-1',
          service: 'gateway',
        },
      },
    ]);
  });

  it('takes each incident in once', () => {
    expect(take('service:rag', [incident('a-1'), incident('a-1'), incident('a-1')])).toHaveLength(1);
  });

  it('of a silent agent is one for all of its services', () => {
    const events = take('agent:a', [silence('rag'), silence('memory'), silence('rag')]);
    expect(typesOf(events)).toEqual(['EscalationRaised', 'EscalationJoined']);
    expect(foldEscalation(events)).toMatchObject({ kind: 'agent', silentServices: ['rag', 'memory'], incidentIds: [] });
  });

  it('of a storm takes in what is given up meanwhile', () => {
    const storm: Trigger = { type: 'storm', symptom: 'service-down', failingTargets: 900, allTargets: 1000 };
    const events = take('storm:service-down', [storm, incident('a-1'), storm, incident('b-1', 'memory')]);
    expect(typesOf(events)).toEqual(['EscalationRaised', 'EscalationJoined', 'EscalationJoined']);
    expect(events[0]?.data).toMatchObject({ reason_code: 'many-targets-fail-alike', failing_targets: 900, all_targets: 1000 });
  });

  it('is closed when all of its incidents are over, and not before', () => {
    const given = take('service:rag', [incident('a-1'), incident('b-1')]);
    expect(ended({ ended: new Set(['a-1']) }, given)).toEqual([]);
    expect(ended({ ended: new Set(['a-1', 'b-1']) }, given)).toEqual([
      {
        type: 'EscalationClosed',
        data: { escalation_id: 'service-rag-1', root: 'service:rag', incidents: 2, open_ms: 60_000 },
      },
    ]);
  });

  it('is closed when its agent is heard of again, for every service that was unknown', () => {
    const given = take('agent:a', [silence('rag'), silence('memory'), incident('a-1')]);
    expect(ended({ ended: new Set(['a-1']), silent: new Set(['memory']) }, given)).toEqual([]);
    expect(ended({}, given)).toEqual([]);
    expect(typesOf(ended({ ended: new Set(['a-1']) }, given))).toEqual(['EscalationClosed']);
  });

  it('of a storm stays open while the storm is on', () => {
    const given = take('storm:syntax', [{ type: 'storm', symptom: 'syntax', failingTargets: 5, allTargets: 9 }]);
    expect(ended({ isStormOn: true }, given)).toEqual([]);
    expect(typesOf(ended({}, given))).toEqual(['EscalationClosed']);
  });

  it('that is back soon after it was closed is the same one, open again, of which nobody is told anew', () => {
    const given = take('service:rag', [incident('a-1')]);
    const closed = [...given, ...ended({ ended: new Set(['a-1']) }, given)];
    const back = take('service:rag', [incident('a-2')], closed, RAISED_AT_MS + SOON_MS);
    expect(back).toMatchObject([{ type: 'EscalationJoined', data: { escalation_id: 'service-rag-1', incident_id: 'a-2' } }]);
    expect(foldEscalation([...closed, ...back])).toMatchObject({ state: 'open', incidentIds: ['a-1', 'a-2'] });
    const told: EscalationEvent = {
      type: 'NotificationStarted',
      data: { escalation_id: 'service-rag-1', root: 'service:rag', attempt: 1, lapses_at: new Date(0).toISOString() },
    };
    const sent: EscalationEvent = { type: 'NotificationSent', data: { ...told.data, attempt: 1, status: 200 } };
    const known = foldEscalation([...given, told, sent, ...closed.slice(given.length), ...back]);
    expect(known?.notification.dueAtMs).toBeUndefined();
    // Of what was over before anybody was told, somebody is told now.
    expect(foldEscalation([...closed, ...back])?.notification.dueAtMs).toBeDefined();
  });

  it('that was closed is followed by a new episode, and is not closed again', () => {
    const given = take('service:rag', [incident('a-1')]);
    const closed = [...given, ...ended({ ended: new Set(['a-1']) }, given)];
    expect(ended({ ended: new Set(['a-1']) }, closed)).toEqual([]);
    expect(take('service:rag', [incident('a-1')], closed)).toEqual([]);
    expect(take('service:rag', [incident('a-2')], closed, RAISED_AT_MS + LATER_MS)).toMatchObject([
      { type: 'EscalationRaised', data: { escalation_id: 'service-rag-2', incident_id: 'a-2' } },
    ]);
  });
});
