import { describeViolations } from '#libs/testing';
import { exactly, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { COPIES, runRepetition, TIME_FACTOR } from './run-repetition.ts';

const HELP = `npm run repetition -- [--services N] [--agents N]

Plays the history of services that fail, each once, on two installations: as it is, and with a relay between the agents and NATS that
sends every message ${COPIES} times, each copy up to 5 minutes late, so that they are shuffled. Whatever does not depend on the order has to
come out the same. Only the lateness is divided, by ${TIME_FACTOR}: no time-out of the product bears minutes, and all of them stay as they are.

  --services N  services that fail (60)
  --agents N    agents that answer for them (6)`;

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const size = { services: readCount(options, 'services', 60), agents: readCount(options, 'agents', 6) };
  const { clean, repeated, differences, relayed, violations } = await runRepetition({ ...size, seed, say });
  for (const line of Object.values(differences).flat()) say(line);
  if (violations.length > 0) say(describeViolations(violations));
  return {
    timeFactor: TIME_FACTOR,
    figures: [
      measured({ name: 'messages that were repeated', unit: 'messages' }, relayed.touched),
      exactly({ name: 'copies that arrived, for each of them', unit: 'copies' }, relayed.delivered / relayed.touched, COPIES),
      exactly({ name: 'copies lost on the way', unit: 'copies' }, relayed.lost, 0),
      measured({ name: 'reports stored', unit: 'reports' }, clean['errors']?.length),
      exactly({ name: 'incidents of the history told once', unit: 'incidents' }, clean['incidents']?.length, size.services),
      ...Object.entries(differences).map(([name, lines]) =>
        exactly({ name: `${name}: rows that differ`, unit: 'rows' }, lines.length, 0),
      ),
      exactly({ name: 'dead letters', unit: 'messages' }, repeated['dead letters']?.length, 0),
      exactly({ name: 'broken laws', unit: 'violations' }, violations.length, 0),
    ],
    rounds: [{ differences, relayed, clean, repeated }],
  };
}

await runMeasurement({
  name: 'repetition',
  help: HELP,
  options: { services: { type: 'string' }, agents: { type: 'string' } },
  measure,
});
