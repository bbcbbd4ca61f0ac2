import { availableParallelism } from 'node:os';
import { countWorlds, RARE } from '../../test/simulation/judge/occurrences.ts';
import { runSeed, type SeedOutcome } from '../../test/simulation/run-seed.ts';
import { findBreach, type Sabotage, SABOTAGES } from '../../test/simulation/sabotages.ts';
import { exactly, type Figure, measured } from '../report/figure.ts';
import { findCommit } from '../report/machine.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { SeedWorkers } from './seed-workers.ts';
import { shrink } from './shrink.ts';

const HELP = `npm run sim -- [--seeds N] [--seed S] [--workers W] [--trace] [--sabotage NAME|all]

Runs worlds: the orchestrator's own parts, agents with the judgement of ours, broker, database and services in one process, with a
clock, timers and randomness that follow from a seed. Messages get lost, are doubled, late and out of order, commits are refused or in
doubt, everything is killed, paused and cut off, agents lie, persons stop and approve, clocks jump. Then all is calm, until everything
has come to its end, and the log checker judges the log.

  --seeds N     how many worlds, with seeds that follow each other (2,000)
  --workers W   in how many processes (as many as there are processors)
  --trace       every step of each world, in this process
  --sabotage X  puts a defect into the wiring, or one of each kind, and tells how soon it is found: ${SABOTAGES.map(({ name }) => name).join(', ')}`;

const MOST_SHRUNK = 3;

async function measure(context: MeasurementContext): Promise<Measured> {
  const { sabotage, trace } = context.options;
  if (typeof sabotage === 'string') return measureSabotages(context, sabotage);
  return trace === true ? traceSeeds(context) : measureSeeds(context);
}

async function measureSeeds({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const count = readCount(options, 'seeds', 2_000);
  const startedAt = performance.now();
  const outcomes: SeedOutcome[] = [];
  const onOutcome = (outcome: SeedOutcome): boolean => {
    outcomes.push(outcome);
    if (outcome.violations.length > 0) say(describeFailure(outcome));
    if (outcomes.length % 500 === 0) say(`${outcomes.length} of ${count} worlds`);
    return false;
  };
  await withWorkers(options, (workers) => workers.run({ from: seed, count, onOutcome }));
  const wallMs = performance.now() - startedAt;
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  for (const one of failed.slice(0, MOST_SHRUNK))
    say(`seed ${one.seed} takes: ${(await shrink(one.seed)).join(', ') || 'nothing'}`);
  return { figures: toFigures(outcomes, count, wallMs), rounds: outcomes.map((outcome) => ({ ...outcome })) };
}

/** With all that is needed to see it again. */
const describeFailure = ({ seed, violations }: SeedOutcome): string =>
  [
    `seed ${seed} of commit ${findCommit()} fails:`,
    ...violations.map((violation) => `  ${violation}`),
    `  again, step by step: npm run sim -- --seed ${seed} --seeds 1 --trace`,
  ].join('\n');

async function traceSeeds({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const count = readCount(options, 'seeds', 1);
  const startedAt = performance.now();
  const outcomes: SeedOutcome[] = [];
  for (let next = seed; next < seed + count; next++) outcomes.push(await runSeed(next, { trace: (line) => console.log(line) }));
  const wallMs = performance.now() - startedAt;
  for (const outcome of outcomes) if (outcome.violations.length > 0) say(describeFailure(outcome));
  return { figures: toFigures(outcomes, count, wallMs), rounds: outcomes.map((outcome) => ({ ...outcome })) };
}

function toFigures(outcomes: readonly SeedOutcome[], count: number, wallMs: number): Figure[] {
  const sum = (value: (outcome: SeedOutcome) => number): number => outcomes.reduce((total, outcome) => total + value(outcome), 0);
  const total = (name: string, unit: string, value: (outcome: SeedOutcome) => number): Figure =>
    measured({ name, unit }, sum(value));
  return [
    exactly({ name: 'worlds', unit: 'seeds' }, outcomes.length, count),
    exactly(
      { name: 'violations', unit: 'violations' },
      sum(({ violations }) => violations.length),
      0,
    ),
    total('events in their logs', 'events', ({ events }) => events),
    total('commands carried out', 'effects', ({ effects }) => effects),
    total('fixes that healed', 'fixes', ({ healed }) => healed),
    total('time that passed in them', 'h', ({ simulatedMs }) => simulatedMs / 3_600_000),
    measured({ name: 'time for each', unit: 'ms' }, wallMs / outcomes.length),
    ...RARE.map((name) => measured({ name: `with ${name}`, unit: 'worlds' }, countWorlds(outcomes, name))),
  ];
}

async function measureSabotages({ options, seed, say }: MeasurementContext, wanted: string): Promise<Measured> {
  const chosen = SABOTAGES.filter(({ name }) => wanted === 'all' || wanted === name);
  if (chosen.length === 0) throw new UsageError(`there is no sabotage ${wanted}`);
  const count = readCount(options, 'seeds', 2_000);
  const rounds: Found[] = [];
  await withWorkers(options, async (workers) => {
    for (const sabotage of chosen) {
      const found = await findSabotage(workers, sabotage, { from: seed, count });
      const { name, what, breaks } = sabotage;
      say(`${name} (${what}): ${found.by ?? `no ${breaks}`} after ${found.seeds} seeds, ${found.seconds} s`);
      rounds.push(found);
    }
  });
  const found = rounds.filter(({ by }) => by !== undefined).length;
  const figures = rounds.map(({ name, seeds, by }) =>
    measured({ name: `${name}: worlds until it was found`, unit: 'seeds' }, by === undefined ? undefined : seeds),
  );
  return {
    figures: [exactly({ name: 'defects found', unit: 'defects' }, found, chosen.length), ...figures],
    rounds: rounds.map((round) => ({ ...round })),
  };
}

interface Found {
  readonly name: string;
  readonly seeds: number;
  readonly seconds: number;
  /** The breach of the law that it breaks. */
  readonly by: string | undefined;
}

async function findSabotage(
  workers: SeedWorkers,
  sabotage: Sabotage,
  where: { readonly from: number; readonly count: number },
): Promise<Found> {
  const startedAt = performance.now();
  let seeds = 0;
  let by: string | undefined;
  const onOutcome = ({ violations }: SeedOutcome): boolean => {
    seeds += 1;
    by = findBreach(sabotage, violations);
    return by !== undefined;
  };
  await workers.run({ ...where, sabotage: sabotage.name, onOutcome });
  return { name: sabotage.name, seeds, by, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
}

async function withWorkers(options: MeasurementContext['options'], work: (workers: SeedWorkers) => Promise<void>): Promise<void> {
  const workers = new SeedWorkers(readCount(options, 'workers', availableParallelism()));
  try {
    await work(workers);
  } finally {
    workers.stop();
  }
}

await runMeasurement({
  name: 'sim',
  help: HELP,
  options: {
    seeds: { type: 'string' },
    workers: { type: 'string' },
    trace: { type: 'boolean' },
    sabotage: { type: 'string' },
  },
  measure,
});
