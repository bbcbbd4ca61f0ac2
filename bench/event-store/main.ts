import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { measureAppends } from './appends.ts';
import { measureFreshness } from './freshness.ts';
import { measureGrowth } from './growth.ts';
import { measureIntake } from './intake.ts';
import { measureRebuilds } from './rebuilds.ts';
import { type Part, runParts } from './stage.ts';
import { measureVerify } from './verify.ts';

const PARTS: Readonly<Record<string, Part>> = {
  appends: measureAppends,
  growth: measureGrowth,
  intake: measureIntake,
  freshness: measureFreshness,
  rebuilds: measureRebuilds,
  verify: measureVerify,
};

const HELP = `npm run bench -- event-store [--only PARTS] [--rounds N] [--seconds N] [--long]

Measures the log in one go on one PostgreSQL of its own, with fsync and synchronous_commit on and the same settings for all:
raw inserts, our appends, those of peers (bench/peers, installed on demand). All take turns, round by round; a figure is the
median over the rounds.

  --only PARTS  a comma between them: ${Object.keys(PARTS).join(', ')}
  --rounds N    so many rounds after the one that warms up (3)
  --seconds N   length of a turn (2)
  --long        the cost per event up to 10 million stored events, not one`;

function choose({ options }: MeasurementContext): Part[] {
  const { only } = options;
  if (typeof only !== 'string') return Object.values(PARTS);
  return only.split(',').map((name) => {
    const part = PARTS[name];
    if (part === undefined) throw new UsageError(`there is no part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
    return part;
  });
}

const measure = (context: MeasurementContext): Promise<Measured> =>
  runParts(choose(context), {
    rounds: readCount(context.options, 'rounds', 3),
    seconds: readCount(context.options, 'seconds', 2),
    isLong: context.options['long'] === true,
    say: context.say,
  });

await runMeasurement({
  name: 'bench event-store',
  help: HELP,
  options: { only: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' }, long: { type: 'boolean' } },
  measure,
});
