import { describe, expect, it, jest } from '@jest/globals';
import {
  BEGIN_MS,
  buildOccurrence,
  buildRecordOccurrences,
  IncidentsUnderTest,
  KEY,
} from '../../test/builders/incident-builder.ts';
import type { IncidentCommand } from './incident.commands.ts';

/** Heals an episode that one report opened at this position. */
async function openAndHeal(incidents: IncidentsUnderTest, episode: number, position: number): Promise<void> {
  const incidentId = `${KEY}-${episode}`;
  const fix = { incidentId, fixId: `${incidentId}-1`, strategy: 'restart/service' };
  incidents.clock.advance(1);
  const observedAfterMs = incidents.clock.nowMs() - BEGIN_MS;
  const commands: IncidentCommand[] = [
    buildRecordOccurrences(buildOccurrence(position, observedAfterMs)),
    { type: 'StartHealing', ...fix },
    { type: 'ResolveIncident', ...fix, resolvedAtMs: incidents.clock.nowMs() },
  ];
  for (const command of commands) await incidents.service.apply(KEY, { command, key: `${command.type}:${episode}` });
  incidents.clock.advance(60_000);
}

describe('an incident in the log', () => {
  it('is known after each command as if its stream were read again', async () => {
    const incidents = new IncidentsUnderTest();
    let known = await incidents.service.load(KEY);
    for (const position of [1, 2, 3]) {
      incidents.clock.advance(10_000);
      const command = buildRecordOccurrences(buildOccurrence(position));
      known = await incidents.service.apply(KEY, { command, key: `occurrences:${position}` }, known);
      expect(known).toEqual(await incidents.service.load(KEY));
    }
  });

  it('grows without reading what it was before, however long it goes on', async () => {
    const incidents = new IncidentsUnderTest();
    const readStream = jest.spyOn(incidents.events, 'readStream');
    for (let i = 0; i < 20; i++) {
      await incidents.report('a');
      await incidents.step();
      incidents.clock.advance(10_000);
    }
    expect(await incidents.incidentEvents()).toHaveLength(20);
    expect(readStream).not.toHaveBeenCalled();
  });

  it('is read by a process that never saw it when the log refuses to open it anew', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.step();
    await incidents.report('a');
    incidents.start();
    const readStream = jest.spyOn(incidents.events, 'readStream');
    await incidents.step();
    expect(await incidents.incidentEvents()).toHaveLength(1);
    incidents.clock.advance(10_000);
    await incidents.tick();
    expect(readStream).toHaveBeenCalledTimes(1);
    expect((await incidents.incidentEvents()).slice(1)).toMatchObject([{ type: 'IncidentGrew', data: { count: 2 } }]);
  });

  it('is read again when somebody else has changed it, or done the same before', async () => {
    const incidents = new IncidentsUnderTest();
    const before = await incidents.service.load(KEY);
    const record = (position: number) => ({
      command: buildRecordOccurrences(buildOccurrence(position)),
      key: `occurrences:${position}`,
    });
    await incidents.service.apply(KEY, record(1));
    expect(await incidents.service.apply(KEY, record(1), before)).toEqual(await incidents.service.load(KEY));
    expect(await incidents.service.apply(KEY, record(2), before)).toMatchObject({ state: { count: 2 }, version: 2 });
  });
});

describe('the success before an episode', () => {
  it('is that of the episode before it, though later ones were healed too', async () => {
    const incidents = new IncidentsUnderTest();
    for (const episode of [1, 2, 3]) await openAndHeal(incidents, episode, episode);
    const before = (episode: number): Promise<unknown> => incidents.service.findPreviousSuccess(`${KEY}-${episode}`);
    expect(await before(1)).toBeUndefined();
    expect(await before(2)).toEqual({ fixId: `${KEY}-1-1`, resolvedAtMs: BEGIN_MS + 1 });
    expect(await before(3)).toEqual({ fixId: `${KEY}-2-1`, resolvedAtMs: BEGIN_MS + 60_002 });
  });
});
