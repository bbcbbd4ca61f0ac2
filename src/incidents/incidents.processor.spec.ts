import { describe, expect, it } from '@jest/globals';
import { IncidentsUnderTest } from '../../test/builders/incident-builder.ts';
import { computeIncidentKey } from './incident-key.ts';

const idOf = (fingerprint: string, episode = 1, target = 'memory'): string =>
  `${computeIncidentKey(fingerprint, target)}-${episode}`;

/** What became of each incident, as its last event says. */
async function lastOf(incidents: IncidentsUnderTest): Promise<Record<string, string>> {
  const events = await incidents.incidentEvents();
  return Object.fromEntries(events.map(({ type, data }) => [data['incident_id'] as string, type]));
}

const typesOf = async (incidents: IncidentsUnderTest): Promise<string[]> =>
  (await incidents.incidentEvents()).map(({ type }) => type);

describe('the word of an agent that its service is healthy', () => {
  it('mitigates the open incidents of that service, and no others', async () => {
    const incidents = new IncidentsUnderTest();
    for (const fingerprint of ['a', 'b']) await incidents.report(fingerprint);
    await incidents.report('c', { target: 'rag' });
    await incidents.step();
    await incidents.claim('healthy');
    await incidents.step();
    expect(await lastOf(incidents)).toEqual({
      [idOf('a')]: 'IncidentMitigated',
      [idOf('b')]: 'IncidentMitigated',
      [idOf('c', 1, 'rag')]: 'IncidentOpened',
    });
    const [mitigated] = (await incidents.incidentEvents()).filter(({ type }) => type === 'IncidentMitigated');
    expect(mitigated?.data).toMatchObject({ claimed_by: 'memory-agent' });
  });

  it('mitigates nothing as long as it is another word', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    for (const state of ['unhealthy', 'starting', 'unknown'] as const) await incidents.claim(state);
    await incidents.step();
    expect(await lastOf(incidents)).toEqual({ [idOf('a')]: 'IncidentOpened' });
  });

  it('reaches an incident that the list does not have yet', async () => {
    const incidents = new IncidentsUnderTest();
    incidents.isListBehind = true;
    await incidents.report('a');
    await incidents.step();
    await incidents.claim('healthy');
    await incidents.step();
    expect(await lastOf(incidents)).toEqual({ [idOf('a')]: 'IncidentMitigated' });
  });

  it('is taken back by the next report, at once and in the same incident', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.claim('healthy');
    await incidents.step();
    incidents.clock.advance(1000);
    await incidents.report('a');
    await incidents.step();
    expect(await typesOf(incidents)).toEqual(['IncidentOpened', 'IncidentMitigated', 'IncidentReopened', 'IncidentGrew']);
    expect(await lastOf(incidents)).toEqual({ [idOf('a')]: 'IncidentGrew' });
  });

  it('ends a wait for a person too, so that the next fault is decided anew', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.step();
    const command = { type: 'EscalateIncident' as const, incidentId: idOf('a'), reasonCode: 'attempts-exhausted' };
    await incidents.service.apply(computeIncidentKey('a', 'memory'), { command, key: 'escalate:1' });
    await incidents.claim('healthy');
    await incidents.step();
    incidents.clock.advance(1000);
    await incidents.report('a');
    await incidents.step();
    expect(await lastOf(incidents)).toEqual({ [idOf('a')]: 'IncidentMitigated', [idOf('a', 2)]: 'IncidentOpened' });
  });

  it('changes nothing about a later fault when it is read again after a crash', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.step();
    await incidents.claim('healthy');
    await incidents.step({ isCutOff: true });
    incidents.clock.advance(1000);
    await incidents.report('a');
    await incidents.step({ isCutOff: true });
    incidents.start();
    await incidents.step();
    expect(await typesOf(incidents)).toEqual(['IncidentOpened', 'IncidentMitigated', 'IncidentReopened', 'IncidentGrew']);
  });
});

describe('incidents that another orchestrator was busy with', () => {
  it('are looked at anew, so that a fault that is back is decided about at once', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.step();
    const fix = { incidentId: idOf('a'), fixId: `${idOf('a')}-1`, strategy: 'restart/service' };
    const key = computeIncidentKey('a', 'memory');
    await incidents.service.apply(key, { command: { type: 'StartHealing', ...fix }, key: 'healing' });
    const resolvedAtMs = incidents.clock.nowMs();
    await incidents.service.apply(key, { command: { type: 'ResolveIncident', ...fix, resolvedAtMs }, key: 'resolve' });
    await incidents.overtake();
    incidents.clock.advance(1000);
    await incidents.report('a');
    await incidents.step();
    expect(await lastOf(incidents)).toEqual({ [idOf('a')]: 'IncidentResolved', [idOf('a', 2)]: 'IncidentOpened' });
  });
});
