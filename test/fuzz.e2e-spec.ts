/** @machine alone */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadCorpora } from '../bench/fuzz/corpora.ts';
import { toFigures } from '../bench/fuzz/figures.ts';
import { runFuzz } from '../bench/fuzz/run-fuzz.ts';
import { AGENT, BadInputSystem } from './bad-input/bad-input-system.ts';

/** `npm run fuzz` sends a million. */
const MESSAGES = 50_000;
/** Always the same messages here; the command takes others each time. */
const SEED = 20_261_124;

describe(`${MESSAGES} random messages (corpora: ${loadCorpora().origin})`, () => {
  let system: BadInputSystem;

  beforeAll(async () => {
    system = await BadInputSystem.start();
  }, 150_000);
  afterAll(() => system.stop(), 60_000);

  it('are each accepted, dead-lettered with a reason or refused, and the orchestrator neither ends nor keeps them', async () => {
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
    expect(toFigures(outcome).filter(({ holds }) => !holds)).toEqual([]);
    const { sent, accepted, deadLettered, repeated } = outcome.total;
    expect([sent, accepted + deadLettered + repeated]).toEqual([MESSAGES, MESSAGES]);
    expect(orchestrator.output).not.toMatch(/uncaught|unhandled|out of memory|handler failed/i);
  }, 900_000);
});
