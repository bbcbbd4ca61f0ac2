/** @machine alone */
import { describe, expect, it } from '@jest/globals';
import { describeViolations, SmallDisk } from '#libs/testing';
import { KILLS } from '../bench/outages/outage.ts';
import { POSTGRES_OUTAGES } from '../bench/outages/postgres-outages.ts';
import { runOutage } from '../bench/outages/run-outage.ts';
import { runRounds } from './system/in-parallel.ts';

const AWAY_SECONDS = 10;

/** `npm run outages` has the others, too. */
const LOOKED_AT = ['postgres-read-only', 'postgres-commits-hang', 'postgres-disk-full'];

const hindrance = SmallDisk.findHindrance();
if (hindrance !== undefined) process.stderr.write(`no outage is looked at that needs a disk of its own: ${hindrance}\n`);
const possible = POSTGRES_OUTAGES.filter(
  ({ name, startPostgres }) => LOOKED_AT.includes(name) && (startPostgres === undefined || hindrance === undefined),
);

describe.each([
  ['by kill -9', KILLS],
  ['of a PostgreSQL that runs', possible],
])(`an outage of ${AWAY_SECONDS} s under reports, with a fix under way, %s`, (_how, outages) => {
  it('loses no report, stores none twice, buries none, and ends every fix', async () => {
    const rounds = await runRounds(outages.length, 3, async (index) => {
      const outage = outages[index];
      if (outage === undefined) throw new Error('there is no such outage');
      return runOutage(outage, { awaySeconds: AWAY_SECONDS, reportsPerSecond: 20, strikeAfterMs: 600 * index });
    });
    for (const { outage, violations, taken, story, ...found } of rounds) {
      expect({ outage, violations: describeViolations(violations) }).toEqual({ outage, violations: '' });
      const wrong = found.healsAfterwards ? [] : story;
      expect({ outage, wrong, ...found }).toMatchObject({
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
    }
    expect(rounds.map(({ outage }) => outage).toSorted()).toEqual(outages.map(({ name }) => name).toSorted());
  }, 600_000);
});
