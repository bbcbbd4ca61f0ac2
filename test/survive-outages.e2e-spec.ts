/** @machine half */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeViolations, SmallDisk } from '#libs/testing';
import { KILLS } from '../bench/outages/outage.ts';
import { POSTGRES_OUTAGES } from '../bench/outages/postgres-outages.ts';
import { chooseStep, type OutageRound, runOutage } from '../bench/outages/run-outage.ts';
import { runRounds } from './system/in-parallel.ts';

const AWAY_SECONDS = 10;

/** `npm run outages` has the others, too. */
const LOOKED_AT = ['postgres-read-only', 'postgres-commits-hang', 'postgres-disk-full'];

const hindrance = SmallDisk.findHindrance();
if (hindrance !== undefined) process.stderr.write(`no outage is looked at that needs a disk of its own: ${hindrance}\n`);
const possible = POSTGRES_OUTAGES.filter(
  ({ name, startPostgres }) => LOOKED_AT.includes(name) && (startPostgres === undefined || hindrance === undefined),
);
const outages = [...KILLS, ...possible];
/** Each is a whole installation: with more of them an orchestrator may start so late that the time to check a fix is over. */
const AT_ONCE = 2;

describe(`an outage of ${AWAY_SECONDS} s under reports, with a fix under way`, () => {
  const rounds = new Map<string, OutageRound>();

  beforeAll(async () => {
    await runRounds(outages.length, AT_ONCE, async (index) => {
      const outage = outages[index];
      if (outage === undefined) throw new Error('there is no such outage');
      const strikeAt = chooseStep(index);
      rounds.set(outage.name, await runOutage(outage, { awaySeconds: AWAY_SECONDS, reportsPerSecond: 20, strikeAt }));
    });
  }, 900_000);

  it.each(outages)('of $name loses no report, stores none twice, buries none, and ends every fix', ({ name }) => {
    const round = rounds.get(name);
    const { violations = [], taken, story, ...found } = round ?? {};
    expect(describeViolations(violations)).toBe('');
    const wrong = round?.healsAfterwards === true && round.fixUnderWay ? [] : story;
    expect({ wrong, ...found }).toMatchObject({
      wrong: [],
      lost: 0,
      doubled: 0,
      invented: 0,
      deadLetters: 0,
      openFixes: 0,
      healsAfterwards: true,
      fixUnderWay: true,
      fixEndedSeconds: expect.any(Number),
      caughtUpSeconds: expect.any(Number),
    });
    expect(taken).toBeGreaterThan(AWAY_SECONDS * 20);
  });
});
