import { atLeast, atMost, exactly, type Figure } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { runStop, type Scenario, SCENARIOS, type StopRun } from './run-stop.ts';

const HELP = `npm run kill-switch -- [--agents N] [--services N] [--pile N] [--rate N]

Has many services fail, lets the commands wait, then has all agents take them at once, so that many a second are carried out, and stops
everything in the middle of it: while all works, with PostgreSQL killed, with NATS killed, and with four agents cut off, to which their
commands are handed directly. The agents judge as ours do, with the same code, and act in no time.

  --agents N     agents (40)
  --services N   services of each (16)
  --pile N       commands that wait before they are taken (420)
  --rate N       commands that all agents together take in a second at most (300)`;

/** So many of the agents are behind a connection that may be cut. */
const APART = 4;
const LEAST_PER_SECOND = 200;
const REACHABLE_MS = 1_000;
const CUT_OFF_MS = 10_000;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function toFigures({ name, isNatsAway = false, breakFirst }: Scenario, run: StopRun): Figure[] {
  const { reachable, apart, refused, violations } = run;
  const named = (what: string, unit: string): { name: string; unit: string } => ({ name: `${name}: ${what}`, unit });
  const mostMs = isNatsAway ? CUT_OFF_MS : REACHABLE_MS;
  const isCut = breakFirst !== undefined;
  const everyMs = isCut ? reachable.lastEffectMs : Math.max(reachable.lastEffectMs, apart.lastEffectMs);
  const knowMs = isCut ? reachable.lastKnownMs : Math.max(reachable.lastKnownMs ?? NaN, apart.lastKnownMs ?? NaN);
  return [
    atLeast(named('carried out a second before', 'commands'), reachable.perSecond + apart.perSecond, LEAST_PER_SECOND),
    atMost(named('last effect after the request', 'ms'), round(everyMs), mostMs),
    // Without NATS nobody can be told.
    ...(isNatsAway ? [] : [atMost(named('last agent knows', 'ms'), round(knowMs), REACHABLE_MS)]),
    exactly(named('done by agents that knew', 'effects'), reachable.afterKnown + apart.afterKnown, 0),
    atLeast(named('refused', 'commands'), sum(refused.reachable) + (isCut ? 0 : sum(refused.apart)), 1),
    ...(isCut
      ? [
          atMost(named('last effect there', 'ms'), round(apart.lastEffectMs), CUT_OFF_MS),
          atLeast(named('refused there', 'commands'), sum(refused.apart), 1),
        ]
      : []),
    exactly(named('broken laws', 'violations'), violations.length, 0),
  ];
}

const round = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.round(ms));

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const result: Measured = { figures: [], rounds: [] };
  const plan = {
    agents: readCount(options, 'agents', 40),
    services: readCount(options, 'services', 16),
    pile: readCount(options, 'pile', 420),
    perSecond: readCount(options, 'rate', 300),
    apart: APART,
    say,
  };
  for (const scenario of SCENARIOS) {
    const run = await runStop(scenario, plan);
    const { violations, ...rest } = run;
    for (const { code, sentence } of violations.slice(0, 10)) say(`broken: ${code}: ${sentence}`);
    say(`${scenario.name}: ${JSON.stringify(rest)}`);
    result.figures.push(...toFigures(scenario, run));
    result.rounds.push({ scenario: scenario.name, ...rest, violations: violations.length });
  }
  return result;
}

const text = { type: 'string' } as const;
await runMeasurement({ name: 'stop', help: HELP, options: { agents: text, services: text, pile: text, rate: text }, measure });
