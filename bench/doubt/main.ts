import { describeViolations } from '#libs/testing';
import { atLeast, exactly, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { runDoubt } from './run-doubt.ts';

const HELP = `npm run doubt -- [--times N]

Leaves appends in doubt: their answer or the request is lost, the connection is ended or PostgreSQL killed, after the commit or
before it. Repeats each until it is answered, asks once more as another process would, and compares the answers with the log.

  --times N     how often (200)`;

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const { violations, rounds, ...run } = await runDoubt({ times: readCount(options, 'times', 200), seed, say });
  if (violations.length > 0) say(describeViolations(violations));
  return {
    figures: [
      ...Object.entries(rounds).map(([name, count]) => measured({ name, unit: 'times' }, count)),
      measured({ name: 'stored', unit: 'events' }, run.stored),
      atLeast({ name: 'found to be committed by a repetition', unit: 'requests' }, run.foundCommitted, 1),
      exactly({ name: 'rounds that came out otherwise than they were made', unit: 'rounds' }, run.misjudged, 0),
      exactly({ name: 'doubled', unit: 'events' }, run.doubled, 0),
      exactly({ name: 'false conflicts', unit: 'requests' }, run.falseConflicts, 0),
      exactly({ name: 'stored though outdated', unit: 'requests' }, run.wronglyStored, 0),
      exactly({ name: 'answered otherwise when asked again', unit: 'requests' }, run.answeredOtherwise, 0),
      exactly({ name: 'acknowledged and missing', unit: 'requests' }, run.missing, 0),
      exactly({ name: 'invented', unit: 'events' }, run.invented, 0),
      exactly({ name: 'left out or disordered in the log', unit: 'positions' }, run.disordered, 0),
      exactly({ name: 'broken laws', unit: 'violations' }, violations.length, 0),
    ],
    rounds: [{ ...rounds, ...run }],
  };
}

await runMeasurement({ name: 'doubt', help: HELP, options: { times: { type: 'string' } }, measure });
