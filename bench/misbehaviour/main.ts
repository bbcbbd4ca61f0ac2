import { atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { median } from '../report/median.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { type Course, findFault, isCaughtByProbe } from './judge-misbehaviour.ts';
import { type MisbehaviourRun, runMisbehaviour } from './run-misbehaviour.ts';
import { LIAR, MISBEHAVIOURS } from './scripts.ts';

const HELP = `npm run misbehaviour -- [--each N] [--apart MS]

Has services fail whose agents die after their acknowledgement, never acknowledge, acknowledge twice, answer late, die while they
act, or lie about their success; each incident has to be resolved or escalated in its time, and nothing may be done twice.

  --each N      agents of each kind (50)
  --apart MS    between two services that fail (1000)`;

const sum = (courses: readonly Course[], count: (course: Course) => number): number =>
  courses.reduce((total, course) => total + count(course), 0);

function toFigures({ courses, violations }: MisbehaviourRun): Figure[] {
  const liars = courses.filter(({ behaviour }) => behaviour === LIAR);
  const isResolved = ({ endings }: Course): boolean => endings.includes('resolved');
  return [
    exactly(
      { name: 'effects beyond commands', unit: 'effects' },
      sum(courses, (one) => Math.max(0, one.effects - one.commands)),
      0,
    ),
    exactly({ name: 'lies caught by the probe', unit: 'incidents' }, liars.filter(isCaughtByProbe).length, liars.length),
    exactly({ name: 'lies believed', unit: 'incidents' }, liars.filter(isResolved).length, 0),
    exactly({ name: 'broken laws', unit: 'violations' }, violations.length, 0),
    ...MISBEHAVIOURS.flatMap(({ name, ending, withinSeconds }) => {
      const own = courses.filter(({ behaviour }) => behaviour === name);
      const seconds = own.map((course) => course.seconds ?? null);
      const longest = seconds.includes(null) ? undefined : Math.max(...seconds.map(Number));
      return [
        exactly(
          { name: `${name}: ${ending}`, unit: 'incidents' },
          own.filter((one) => findFault(one) === undefined).length,
          own.length,
        ),
        atMost({ name: `${name}: longest`, unit: 's' }, longest, withinSeconds),
        measured({ name: `${name}: median`, unit: 's' }, median(seconds)),
      ];
    }),
  ];
}

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const plan = { each: readCount(options, 'each', 50), apartMs: readCount(options, 'apart', 1000), say };
  const run = await runMisbehaviour(plan);
  for (const { sentence } of run.violations) say(`broken: ${sentence}`);
  const rounds = run.courses.map((course) => ({ ...course, fault: findFault(course) ?? null }));
  for (const { serviceId, behaviour, fault } of rounds) if (fault !== null) say(`${serviceId}, ${behaviour}: ${fault}`);
  return { figures: toFigures(run), rounds };
}

await runMeasurement({
  name: 'misbehaviour',
  help: HELP,
  options: { each: { type: 'string' }, apart: { type: 'string' } },
  measure,
});
