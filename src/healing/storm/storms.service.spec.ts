import { describe, expect, it } from '@jest/globals';
import { UnknownSchemaVersionError } from '#libs/event-store';
import { HealingLoop } from '../../../test/builders/healing-loop.ts';
import { buildErrorReported, buildWireError } from '../../../test/builders/incident-builder.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { createEventId } from '../../platform/log/create-event-id.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const WINDOW_MS = 60_000;
const STORM_DEFERS = 'defer correlated-storm:many-targets-fail-alike';
const heap = buildWireError({ type: 'performance', data: { metric: 'heap_floor_bytes' } });

/** A catalogue of so many services, each with an agent of its own, and the one that every spec has. */
async function buildFleet(services: number): Promise<{ loop: HealingLoop; names: string[] }> {
  const loop = await HealingLoop.build();
  const names = Array.from({ length: services - 1 }, (_, n) => `service-${n}`);
  for (const id of names) await loop.parts.addService({ id, owner_agent: `${id}-agent` });
  return { loop, names };
}

/** All fail before anybody reads the log, so that one page of it shows them all. */
async function failTogether({ parts }: HealingLoop, names: readonly string[], error = buildWireError()): Promise<void> {
  parts.clock.advance(1000);
  for (const target of names) {
    const agent_id = `${target}-agent`;
    const about = {
      agent_id,
      target,
      fingerprint: `fp@1:${target}:${error.type}`,
      error,
      observed_at: parts.clock.now().toISOString(),
    };
    await store(parts.log, logStreams.reports(agent_id), buildErrorReported(about));
  }
}

async function decisionsOn(loop: HealingLoop): Promise<string[]> {
  const made = (await readWhole(loop.parts.log)).filter(({ type }) => type === 'DecisionMade');
  return made.map(({ data: { verdict, reason_code: reason } }) => `${verdict as string} ${reason as string}`);
}

/** What the timer of the service does every second, when its reader has nothing more to read. */
async function review({ parts }: HealingLoop): Promise<void> {
  await parts.subscriptions.follow('storms');
  await parts.storms.review();
}

describe('a storm', () => {
  it('is known before the first incident of its page is decided about, and is told once', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 6));
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(1);
    expect(await loop.count('FixCommanded')).toBe(0);
    expect(await decisionsOn(loop)).toEqual(Array.from({ length: 6 }, () => STORM_DEFERS));
  });

  it('is told while whoever decides is still busy with an early page, and keeps that from commanding', async () => {
    const { loop, names } = await buildFleet(10);
    const { subscriptions } = loop.parts;
    await failTogether(loop, names.slice(0, 6));
    await subscriptions.step('incidents');
    await subscriptions.follow('storms');
    expect(await loop.count('StormDetected')).toBe(1);
    await subscriptions.step('healing', { limit: 32 });
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(1);
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is none below its share, nor of targets that fail in different ways', async () => {
    const { loop, names } = await buildFleet(20);
    await failTogether(loop, names.slice(0, 5));
    await failTogether(loop, names.slice(5, 10), heap);
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(0);
    expect(await decisionsOn(loop)).not.toContain(STORM_DEFERS);
  });

  it('counts a target once, however often it fails, and none that the catalogue does not know', async () => {
    const { loop, names } = await buildFleet(10);
    for (let round = 0; round < 3; round += 1) {
      await failTogether(loop, names.slice(0, 2));
      await failTogether(loop, [1, 2, 3, 4, 5].map(String));
      await loop.settle();
    }
    expect(await loop.count('StormDetected')).toBe(0);
  });

  it('stops what was already under way from going on to a target that fails later', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 1));
    await loop.settle();
    expect(await loop.count('FixCommanded')).toBe(1);
    await failTogether(loop, names.slice(1, 8));
    await loop.settle();
    expect(await loop.count('FixCommanded')).toBe(1);
    expect((await decisionsOn(loop)).filter((decision) => decision === STORM_DEFERS)).toHaveLength(7);
  });

  it('is told once by two orchestrators that see it at once', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 6));
    await Promise.all([loop.settle(), loop.restart()]);
    expect(await loop.count('StormDetected')).toBe(1);
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is over when half as many fail, and then it is decided again about who still does', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 6));
    await loop.settle();
    loop.parts.clock.advance(WINDOW_MS - 1);
    await review(loop);
    expect(await loop.count('StormEnded')).toBe(0);
    loop.parts.clock.advance(2);
    await review(loop);
    await review(loop);
    expect(await loop.count('StormEnded')).toBe(1);
    await failTogether(loop, names.slice(0, 1));
    await loop.settle();
    expect(await loop.count('FixCommanded')).toBe(1);
  });

  it('holds over a restart, and is counted anew from the log', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 4));
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(0);
    await loop.takeOver();
    // Two more make it a storm only with those that failed before the start.
    await failTogether(loop, names.slice(4, 6));
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(1);
    expect((await decisionsOn(loop)).slice(4)).toEqual([STORM_DEFERS, STORM_DEFERS]);
  });

  it('counts nothing after a restart that failed longer ago than its window', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 4));
    await loop.settle();
    loop.parts.clock.advance(WINDOW_MS + 1);
    await loop.takeOver();
    await failTogether(loop, names.slice(4, 6));
    await loop.settle();
    expect(await loop.count('StormDetected')).toBe(0);
  });

  it('keeps whoever was not seen lately from being acted upon, as that may be one of them', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 6));
    await loop.settle();
    const { storms, policies } = loop.parts;
    const [{ state }, limits] = [await storms.catchUp(), await policies.limits()];
    expect(storms.describe('service-8', state, limits)).toEqual({ failing: 0, targets: 10, isOn: true });
    expect(storms.describe('service-0', state, limits)).toEqual({ failing: 6, targets: 10, isOn: true });
  });

  it('counts for the fault that is to be healed, also where its target was seen lately with another one only', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 1));
    await loop.settle();
    loop.parts.clock.advance(WINDOW_MS);
    await failTogether(loop, names.slice(1, 7));
    await failTogether(loop, names.slice(0, 1), heap);
    await loop.settle();
    await review(loop);
    const { storms, policies, log } = loop.parts;
    const [{ state }, limits] = [await storms.catchUp(), await policies.limits()];
    const [incidentId = ''] = (await readWhole(log)).flatMap(({ type, data }) =>
      type === 'IncidentOpened' ? [data['incident_id'] as string] : [],
    );
    const symptom = await storms.findSymptom(incidentId);
    expect(storms.describe('service-0', state, limits)).toMatchObject({ isOn: false });
    expect(storms.describe('service-0', state, limits, symptom)).toEqual({ failing: 6, targets: 10, isOn: true });
  });

  it('waits for a newer release where only that can read who fails, as it may be one of many', async () => {
    const { loop, names } = await buildFleet(10);
    await failTogether(loop, names.slice(0, 1));
    await loop.settle();
    const { log, subscriptions } = loop.parts;
    const [opened] = (await readWhole(log)).filter(({ type }) => type === 'IncidentOpened');
    if (opened === undefined) throw new Error('no incident was opened');
    const { type, data, metadata } = opened;
    const later = { id: createEventId(), type, schemaVersion: 2, data, metadata };
    await log.store.append({ writes: [{ stream: `${opened.stream}-2`, expected: 'none', events: [later] }] });
    await expect(subscriptions.follow('storms')).rejects.toThrow(UnknownSchemaVersionError);
  });
});
