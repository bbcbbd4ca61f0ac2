import { checkLog, describeViolations, isFoundAlone, type LogEvidence, type Plant, PLANTS } from '#libs/testing';
import { runRounds } from '../../test/system/in-parallel.ts';
import { exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { runClean } from './clean-run.ts';

const HELP = `npm run checker -- [--runs N]

Lets the checker judge logs of real runs: two services are killed and healed while another agent reports, each run on an
installation of its own. A sound log breaks no law; then each of ${PLANTS.length} violations is planted in it alone, and each must be found
alone, at its place.

  --runs N      how many runs (100), two at a time`;

const AT_ONCE = 2;
/** The second service is killed at another step of the first one's healing each time. */
const LONGEST_BETWEEN_KILLS_MS = 6_000;

interface Round {
  events: number;
  reports: number;
  effects: number;
  healed: number;
  violations: string;
  violationCount: number;
  checkMs: number;
  /** Names of planted violations that were not found, or not alone. */
  missed: string[];
}

const countType = ({ records }: LogEvidence, wanted: string): number => records.filter(({ type }) => type === wanted).length;

function judge(evidence: LogEvidence): Round {
  const startedAt = performance.now();
  const violations = checkLog(evidence);
  const checkMs = performance.now() - startedAt;
  return {
    events: evidence.records.length,
    reports: countType(evidence, 'ErrorReported'),
    effects: evidence.ledgers.flatMap(({ effects }) => effects).length,
    healed: countType(evidence, 'FixHealed'),
    violations: describeViolations(violations),
    violationCount: violations.length,
    checkMs,
    missed: PLANTS.filter((plant) => !finds(plant, evidence)).map(({ name }) => name),
  };
}

function finds(plant: Plant, sound: LogEvidence): boolean {
  const { evidence, ...place } = plant.plant(sound);
  return isFoundAlone(plant, place, checkLog(evidence));
}

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const runs = readCount(options, 'runs', 100);
  const rounds = await runRounds(runs, AT_ONCE, async (index) => {
    const round = judge(await runClean((seed + index * 997) % LONGEST_BETWEEN_KILLS_MS));
    say(
      `${round.events} events, ${round.healed} healed, ${round.violationCount} violations, ${round.missed.length} plants missed`,
    );
    if (round.violations !== '') say(round.violations);
    if (round.missed.length > 0) say(`missed: ${round.missed.join('; ')}`);
    return round;
  });
  return { figures: toFigures(rounds, runs), rounds: rounds.map((round) => ({ ...round })) };
}

function toFigures(rounds: readonly Round[], runs: number): Figure[] {
  const sum = (value: (round: Round) => number): number => rounds.reduce((total, round) => total + value(round), 0);
  const kilo = sum(({ events }) => events) / 1000;
  return [
    exactly({ name: 'runs', unit: 'runs' }, rounds.length, runs),
    exactly(
      { name: 'services healed', unit: 'fixes' },
      sum(({ healed }) => healed),
      2 * runs,
    ),
    exactly(
      { name: 'false alarms', unit: 'violations' },
      sum(({ violationCount }) => violationCount),
      0,
    ),
    exactly(
      { name: 'planted violations found', unit: 'plants' },
      sum(({ missed }) => PLANTS.length - missed.length),
      PLANTS.length * runs,
    ),
    measured(
      { name: 'reports counted against ledgers', unit: 'reports' },
      sum(({ reports }) => reports),
    ),
    measured({ name: 'time to check', unit: 'ms per 1000 events' }, sum(({ checkMs }) => checkMs) / kilo),
  ];
}

await runMeasurement({ name: 'checker', help: HELP, options: { runs: { type: 'string' } }, measure });
