import { atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { runStorm, SHORT_COOL_DOWNS, type StormRun, type TroubleCourse } from './run-storm.ts';

const HELP = `npm run storm -- [--targets N]

Services that no restart helps: one whose fault returns each time it was healed, one that flaps, one that ends as soon as it has
started; each also while the orchestrator is killed twice. Then all others fail at once. Times between two actions on a target are
shortened by the policy (${Object.entries(SHORT_COOL_DOWNS)
  .map(([name, ms]) => `${name} ${ms}`)
  .join(', ')}); everything else the guards go by is as it comes.

  --targets N   services that fail at once (1000)`;

/** By the guards' defaults: three returns, five actions. */
const MOST_HEALED = 3;
const MOST_ACTIONS = 5;
const STORM_WITHIN_S = 5;

function toFigures({ troubles, storm, violations }: StormRun, targets: number): Figure[] {
  return [
    ...troubles.flatMap(toTroubleFigures),
    exactly({ name: 'storm: incidents opened', unit: 'incidents' }, storm.opened, targets),
    atMost({ name: 'storm: told after the first report', unit: 's' }, storm.detectedAfter, STORM_WITHIN_S),
    atMost({ name: 'storm: last command after the first report', unit: 's' }, storm.lastCommandAfter ?? 0, STORM_WITHIN_S),
    measured({ name: 'storm: commands', unit: 'commands' }, storm.commands),
    exactly({ name: 'storm: escalations of the storm', unit: 'escalations' }, storm.ofTheStorm, 1),
    exactly({ name: 'storm: other escalations', unit: 'escalations' }, storm.ofOthers, 0),
    exactly({ name: 'broken laws', unit: 'violations' }, violations.length, 0),
  ];
}

function toTroubleFigures({ trouble, kills, commands, healed, escalations }: TroubleCourse): Figure[] {
  const name = kills === 0 ? trouble : `${trouble}, ${kills} kills`;
  return [
    atMost({ name: `${name}: commands`, unit: 'commands' }, commands, MOST_ACTIONS),
    atMost({ name: `${name}: held for healed`, unit: 'times' }, healed, MOST_HEALED),
    exactly({ name: `${name}: escalations`, unit: 'escalations' }, escalations, 1),
  ];
}

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const targets = readCount(options, 'targets', 1_000);
  const run = await runStorm({ targets, say });
  for (const { sentence } of run.violations) say(`broken: ${sentence}`);
  return { figures: toFigures(run, targets), rounds: [...run.troubles.map((round) => ({ ...round })), { ...run.storm }] };
}

await runMeasurement({ name: 'storm', help: HELP, options: { targets: { type: 'string' } }, measure });
