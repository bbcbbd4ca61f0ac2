import { describeViolations } from '#libs/testing';
import { atLeast, exactly, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { runKills } from './run-kills.ts';

const HELP = `npm run kills -- [--kills N]

Kills (-9) the process that appends to the log, or PostgreSQL, in the middle of appends, and now and then the process that follows
it; then counts what is stored against what both wrote down.

  --kills N     how often (200)`;

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const { violations, ...run } = await runKills({ kills: readCount(options, 'kills', 200), seed, say });
  if (violations.length > 0) say(describeViolations(violations));
  return {
    figures: [
      measured({ name: 'kills of the appending process', unit: 'kills' }, run.kills - run.ofPostgres),
      measured({ name: 'kills of PostgreSQL', unit: 'kills' }, run.ofPostgres),
      measured({ name: 'kills of the follower', unit: 'kills' }, run.ofFollower),
      measured({ name: 'stored', unit: 'events' }, run.stored),
      atLeast({ name: 'left without an answer by a kill', unit: 'requests' }, run.leftOpen, 1),
      exactly({ name: 'acknowledged and missing', unit: 'requests' }, run.missing, 0),
      exactly({ name: 'doubled', unit: 'events' }, run.doubled, 0),
      exactly({ name: 'invented', unit: 'events' }, run.invented, 0),
      exactly({ name: 'left out or disordered in the log', unit: 'positions' }, run.disordered, 0),
      exactly({ name: 'skipped by the follower', unit: 'positions' }, run.skipped, 0),
      exactly({ name: 'inverted for the follower', unit: 'positions' }, run.inverted, 0),
      exactly({ name: 'broken laws', unit: 'violations' }, violations.length, 0),
    ],
    rounds: [{ ...run }],
  };
}

await runMeasurement({ name: 'kills', help: HELP, options: { kills: { type: 'string' } }, measure });
