import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadCorpora } from '../bench/fuzz/corpora.ts';
import { runFuzz } from '../bench/fuzz/run-fuzz.ts';
import { compareFifths } from '../bench/fuzz/vital-signs.ts';
import { AGENT, BadInputSystem } from './bad-input/bad-input-system.ts';

/** `npm run fuzz` sends a million. */
const MESSAGES = 50_000;
/** Always the same messages here; the command takes others each time. */
const SEED = 20_261_124;

describe(`${MESSAGES} random messages (corpora: ${loadCorpora().origin})`, () => {
  let system: BadInputSystem;

  beforeAll(async () => {
    system = await BadInputSystem.start();
  }, 120_000);
  afterAll(() => system.stop(), 60_000);

  it('are each accepted, dead-lettered with a reason or refused, and the orchestrator neither ends nor grows', async () => {
    const { nats, logUrl, url, orchestrator } = system;
    const outcome = await runFuzz({
      messages: MESSAGES,
      seed: SEED,
      nats,
      agent: AGENT,
      orchestrator: { url, pid: orchestrator.pid },
      logUrl,
      say: () => undefined,
    });
    const { total, byMutation, signs } = outcome;
    expect(total).toMatchObject({ sent: MESSAGES, unaccounted: 0, refused: 0 });
    expect(total.accepted + total.deadLettered + total.repeated).toBe(MESSAGES);
    expect(Math.min(total.accepted, total.deadLettered)).toBeGreaterThan(MESSAGES / 10);
    expect(byMutation['good']).toMatchObject({ deadLettered: 0 });
    expect(outcome).toMatchObject({ missingSamples: 0, unreadableReasons: 0, isAlive: true, readinessFailures: 0 });
    expect(outcome.reasons['handler-crashed']).toBeUndefined();
    const { second = Number.NaN, last = Number.NaN } = compareFifths(signs);
    expect(last / second).toBeLessThan(1.5);
    expect(last).toBeLessThan(512);
    expect(orchestrator.output).not.toMatch(/uncaught|unhandled|out of memory|handler failed/i);
  }, 900_000);
});
