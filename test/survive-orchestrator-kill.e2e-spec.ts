/** @machine half */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as wait } from 'node:timers/promises';
import { checkLog, describeViolations, waitUntil } from '#libs/testing';
import { runRounds } from './system/in-parallel.ts';
import { TestSystem } from './system/test-system.ts';

const ROUNDS = 3;
const AT_ONCE = 3;
/** The restart takes this long, so that the result comes well after the command. */
const START_DELAY_MS = 1500;
const SEED = 20;

/** Moments after the command was stored, spread over the time until its result. */
const killDelaysMs = fc.sample(fc.integer({ min: 0, max: START_DELAY_MS - 300 }), { numRuns: ROUNDS, seed: SEED });

async function killBetweenCommandAndResult(index: number): Promise<{ state: string; begun: number; starts: number }> {
  const serviceId = `memory-${index}`;
  const system = await TestSystem.start({ services: [serviceId], startDelayMs: START_DELAY_MS });
  try {
    process.kill(await system.pidOf(serviceId), 'SIGKILL');
    await waitUntil(() => system.hasEvent('FixCommanded'));
    await wait(killDelaysMs[index] ?? 0);
    await system.killOrchestrator();
    expect(await system.hasEvent('FixExecuted')).toBe(false);
    system.restartOrchestrator();
    const incident = await system.endedIncident(60_000);
    expect(describeViolations(checkLog(await system.settledEvidence()))).toBe('');
    return { state: incident.state, begun: system.begunCommands().length, starts: system.startsOf(serviceId).length };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${system.describe()}`, { cause: error });
  } finally {
    await system.stop();
  }
}

describe('an orchestrator that is killed between command and result', () => {
  it(`restarts the service exactly once and ends its saga, ${ROUNDS} times out of ${ROUNDS}`, async () => {
    const rounds = await runRounds(ROUNDS, AT_ONCE, killBetweenCommandAndResult);
    expect(rounds).toEqual(rounds.map(() => ({ state: 'resolved', begun: 1, starts: 2 })));
  }, 900_000);
});
