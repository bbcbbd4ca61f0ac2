import { afterEach, describe, expect, it } from '@jest/globals';
import { StrategyRegistry } from '#libs/fix-strategies';
import { waitUntil } from '#libs/testing';
import { DueTimers } from '../../../test/builders/due-timers.ts';
import { buildHealing, type HealingParts } from '../../../test/builders/healing-parts.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { ProbeOutcome } from './fix-saga.inputs.ts';
import { Prober } from '../verification/probe.ts';
import { FixProber } from '../verification/fix-prober.service.ts';
import { TimersService } from './timers.service.ts';

class CountingProber extends Prober {
  readonly asked: string[] = [];

  override async probe(url: string): Promise<ProbeOutcome> {
    this.asked.push(url);
    return { ok: true, reasonCode: 'status-200', latencyMs: 1 };
  }
}

const running: TimersService[] = [];
afterEach(async () => {
  for (const timers of running.splice(0)) await timers.beforeApplicationShutdown();
});

function startTimers(parts: HealingParts, due: DueTimers, prober: Prober = new CountingProber()): TimersService {
  const looker = new FixProber(parts.catalogue, prober, parts.exposures, new StrategyRegistry());
  const timers = new TimersService(due.database, parts.fixes, looker, parts.clock, parts.subscriptions, parts.logger);
  timers.onApplicationBootstrap();
  running.push(timers);
  return timers;
}

async function buildWaiting() {
  const parts = await buildHealing();
  const fixId = await parts.startFix(await parts.openIncident('aaa'));
  const typesOf = () => parts.typesOf(logStreams.fix(fixId));
  const count = async (type: string) => (await typesOf()).filter((known) => known === type).length;
  return { parts, fixId, due: new DueTimers(parts.log), count };
}

describe('the timers of fixes', () => {
  it('fire when they are due, and not before', async () => {
    const { parts, fixId, due, count } = await buildWaiting();
    startTimers(parts, due);
    parts.clock.advance(34_999);
    expect(await count('TimerFired')).toBe(0);
    parts.clock.advance(1);
    await waitUntil(async () => (await count('TimerFired')) > 0);
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'verifying', verifyingBecause: 'outcome-unknown' });
  });

  it('are left for two seconds to the orchestrator that goes first', async () => {
    const { parts, due, count } = await buildWaiting();
    parts.subscriptions.giveHeadStart(() => 2_000);
    startTimers(parts, due);
    parts.clock.advance(36_999);
    const before = due.looks;
    await waitUntil(() => due.looks > before + 1);
    expect(await count('TimerFired')).toBe(0);
    parts.clock.advance(1);
    await waitUntil(async () => (await count('TimerFired')) > 0);
  });

  it('probe first where the timer asks for it', async () => {
    const { parts, due, count } = await buildWaiting();
    const prober = new CountingProber();
    startTimers(parts, due, prober);
    parts.clock.advance(35_000);
    await waitUntil(async () => (await count('ProbeObserved')) === 1);
    expect(prober.asked).toEqual(['http://127.0.0.1:1/health']);
  });

  it('say how late they are, as after a time in which nobody was there', async () => {
    const { parts, fixId, due, count } = await buildWaiting();
    startTimers(parts, due);
    parts.clock.advance(35_000);
    await waitUntil(async () => (await count('ProbeObserved')) === 1);
    parts.clock.advance(300_000);
    await waitUntil(async () => (await count('TimerFired')) >= 4);
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'verifying' });
  });

  it('measure nothing of a service that was retired, which is no failed probe', async () => {
    const { parts, fixId, due, count } = await buildWaiting();
    const prober = new CountingProber();
    await parts.retireService();
    startTimers(parts, due, prober);
    parts.clock.advance(35_000);
    await waitUntil(async () => (await count('FixEscalated')) === 1);
    expect(prober.asked).toEqual([]);
    expect(await count('ProbeObserved')).toBe(0);
    expect((await parts.fixes.load(fixId)).state?.verdict).toBe('inconclusive');
  });

  it('fire once when two orchestrators see them', async () => {
    const { parts, due, count } = await buildWaiting();
    const replica = await parts.replica();
    startTimers(parts, due);
    startTimers(replica, new DueTimers(replica.log));
    parts.clock.advance(35_000);
    for (let clean = 1; clean <= 6; clean++) {
      await waitUntil(async () => (await count('ProbeObserved')) === clean);
      parts.clock.advance(1000);
    }
    await waitUntil(async () => (await count('FixHealed')) === 1);
    expect(await count('ProbeObserved')).toBe(6);
    expect(await count('OutcomeUnknown')).toBe(1);
  });

  it('go on when the table could not be read, and say so', async () => {
    const { parts, due, count } = await buildWaiting();
    due.nextFailure = new Error('no database');
    startTimers(parts, due);
    parts.clock.advance(35_000);
    await waitUntil(async () => (await count('TimerFired')) > 0);
    expect(parts.logger.problems).toMatchObject([{ message: 'due timers could not be read' }]);
  });

  it('leave one that failed alone for a while, and try it again after that', async () => {
    const { parts, due, count } = await buildWaiting();
    startTimers(parts, due);
    parts.events.nextFailure = 'before';
    parts.clock.advance(35_000);
    await waitUntil(() => parts.logger.problems.length === 1);
    expect(await count('TimerFired')).toBe(0);
    parts.clock.advance(5_000);
    await waitUntil(async () => (await count('TimerFired')) > 0);
    expect(parts.logger.problems).toHaveLength(1);
  });

  it('give a fix up whose timer crashes whatever is tried, and fire those of others', async () => {
    const { parts, fixId, due, count } = await buildWaiting();
    const { fixes } = parts;
    const advance = fixes.advance.bind(fixes);
    fixes.advance = (id, stimulus) => (id === fixId ? Promise.reject(new TypeError('a defect')) : advance(id, stimulus));
    startTimers(parts, due);
    parts.clock.advance(35_000);
    for (let crashes = 1; crashes < 5; crashes++) {
      await waitUntil(() => parts.logger.problems.length === crashes);
      expect(await count('FixEscalated')).toBe(0);
      parts.clock.advance(5_000);
    }
    await waitUntil(async () => (await count('FixEscalated')) === 1);
    expect((await fixes.load(fixId)).state).toMatchObject({ state: 'escalated', endedBecause: 'handler-crashed' });
    expect((await parts.slots.load('memory')).state.liveFix).toBeUndefined();
  });
});
