import { Random, startPrivatePostgres } from '#libs/testing';
import { atMost, exactly, type Figure } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { planRounds, runTamper, type TamperRound } from './run-tamper.ts';
import { openStage, type Stage } from './stage.ts';
import { TAMPERS } from './tampering.ts';

const HELP = `npm run tamper -- [--rounds N]

Changes a real log as the owner of its tables: edits, deletes, inserts, reorders, cuts off; the row alone, its leaf too, the hash of
its batch too, or all that follows too. Before the last anchor each must be found and named; behind it, reported as unanchored.

  --rounds N    changes of each kind on each side of the last anchor (100)`;

function toFigures(kind: string, rounds: readonly TamperRound[]): Figure[] {
  const before = rounds.filter(({ side }) => side === 'before');
  const count = (verdict: TamperRound['verdict'], among: readonly TamperRound[]): number =>
    among.filter((round) => round.verdict === verdict).length;
  return [
    exactly({ name: `${kind}: named, before the last anchor`, unit: 'changes' }, count('named', before), before.length),
    atMost({ name: `${kind}: neither named nor reported as unanchored`, unit: 'changes' }, count('missed', rounds), 0),
  ];
}

async function tamper(stage: Stage, { seed, options, say }: MeasurementContext): Promise<Measured> {
  const result: Measured = { figures: [], rounds: [] };
  const random = Random.of(seed, 'tampering');
  for (const kind of Object.keys(TAMPERS)) {
    const rounds: TamperRound[] = [];
    for (const plan of planRounds(kind, readCount(options, 'rounds', 100))) {
      const round = await runTamper(stage, random, plan);
      if (round.verdict === 'missed') say(`missed: ${JSON.stringify(round)}`);
      rounds.push(round);
    }
    say(`${kind}: ${rounds.length} changes`);
    result.figures.push(...toFigures(kind, rounds));
    result.rounds.push(...rounds.map((round) => ({ ...round })));
  }
  return result;
}

async function measure(context: MeasurementContext): Promise<Measured> {
  const postgres = await startPrivatePostgres();
  try {
    const stage = await openStage(Random.of(context.seed, 'log'), postgres.urls);
    try {
      return await tamper(stage, context);
    } finally {
      await stage.close();
    }
  } finally {
    await postgres.remove();
  }
}

await runMeasurement({ name: 'tamper', help: HELP, options: { rounds: { type: 'string' } }, measure });
