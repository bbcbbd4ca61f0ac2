/** @machine alone */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';

const PER_SECOND = 250;
const SECONDS = 8;
/** Of the page at rest, which tells what this machine takes by itself, and of the page that is blocked. */
const CONTROL_SECONDS = 3;
/** From so few interactions on their p75 tells something. */
const TELLING = 5;
const ROUND_MS = 40;
/** An answer that takes longer is felt (web.dev, INP: good is below 200 ms). */
const FELT_MS = 100;

/** Of the page in the control test, which is never free for longer than between two of these. */
const BLOCKED_MS = 250;
const BLOCK = `(function again() {
  const until = performance.now() + ${BLOCKED_MS};
  while (performance.now() < until);
  setTimeout(again);
})()`;

const FiguresSchema = z.object({ tasks: z.array(z.number()), interactions: z.array(z.number()) });
type Figures = z.infer<typeof FiguresSchema>;

const probe = (n: number): DomainEvent => ({
  type: 'ProbeObserved',
  data: { fix_id: `f-${n}`, ok: n % 3 > 0, clean_in_a_row: n % 6, reason_code: 'probe:timeout', latency_ms: n },
});

/** The share of answers that were faster. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

const countFelt = (tasks: readonly number[]): number => tasks.filter((duration) => duration >= FELT_MS).length;

/** What whoever uses the page would complain of, and not of the machine: at rest an answer takes `restMs`. */
function findDelays({ tasks, interactions }: Figures, { seconds, restMs }: { seconds: number; restMs: number }): string[] {
  const typicalMs = quantile(interactions, 0.75);
  return [
    ...(typicalMs >= restMs + FELT_MS ? [`slow answers: p75 ${typicalMs} ms, at rest ${restMs} ms`] : []),
    ...(countFelt(tasks) > seconds / 4 ? [`busy with other things: ${countFelt(tasks)} times`] : []),
  ];
}

const readFigures = async (page: Page): Promise<Figures> => FiguresSchema.parse(await page.evaluate('window.responsiveness'));

const lasting = (seconds: number): (() => boolean) => {
  const endMs = performance.now() + seconds * 1000;
  return () => performance.now() >= endMs;
};

/** Pauses and chooses without waiting until the page is ready for it, as nobody does who uses it. */
async function usePage(page: Page, isOver: () => boolean): Promise<void> {
  const pause = page.getByRole('button', { name: 'Pause' });
  while (!isOver()) {
    for (const kind of ['checks', 'everything']) {
      await pause.focus();
      await page.keyboard.press('Space');
      await page.getByLabel('Show').selectOption(kind);
    }
  }
}

describeInBrowser(`the page at ${PER_SECOND} events a second`, () => {
  let orchestrator: RunningOrchestrator;
  let browser: Browser;

  async function openPage(): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript({ path: resolve('test/dashboard/responsiveness.js') });
    await page.goto(orchestrator.url);
    await page.getByLabel('Show').selectOption('everything');
    await page.locator('.event').first().waitFor();
    return page;
  }

  let restMs: number;

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    const page = await openPage();
    await usePage(page, lasting(CONTROL_SECONDS));
    restMs = quantile((await readFigures(page)).interactions, 0.75);
    await page.close();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await orchestrator.stop();
  });

  /** At its own pace, whatever the page does meanwhile. */
  async function grow(): Promise<void> {
    const perRound = (PER_SECOND * ROUND_MS) / 1000;
    const startedMs = performance.now();
    for (let round = 0; round * perRound < PER_SECOND * SECONDS; round++) {
      await waitUntil(() => performance.now() >= startedMs + round * ROUND_MS);
      const events = Array.from({ length: perRound }, (_, n) => probe(round * perRound + n));
      await orchestrator.log.append({
        actor: 'test',
        key: `round ${round}`,
        writes: [{ stream: 'test-probes', expected: 'any', events }],
      });
    }
  }

  it('is found out by this test when it keeps whoever uses it waiting', async () => {
    const page = await openPage();
    await page.evaluate(BLOCK);
    // A busy machine tells late what an interaction took.
    do await usePage(page, lasting(CONTROL_SECONDS));
    while ((await readFigures(page)).interactions.length < TELLING);
    expect(findDelays(await readFigures(page), { seconds: CONTROL_SECONDS, restMs })).toEqual([
      expect.stringMatching(/^slow answers/),
      expect.stringMatching(/^busy with other things/),
    ]);
    await page.close();
  }, 60_000);

  it('answers whoever uses it, and shows the last event at once', async () => {
    const page = await openPage();
    let isOver = false;
    const growing = grow().finally(() => (isOver = true));
    await usePage(page, () => isOver);
    await growing;
    const endedMs = performance.now();
    const { position } = await orchestrator.log.store.head();
    await page.locator(`.event[data-position="${position}"]`).waitFor();
    const shownMs = performance.now() - endedMs;
    const figures = await readFigures(page);
    const { tasks, interactions } = figures;
    process.stdout.write(
      `the page at ${PER_SECOND} events/s for ${SECONDS} s: ${interactions.length} interactions above 16 ms, ` +
        `p75 ${quantile(interactions, 0.75)} ms (at rest ${restMs} ms), p98 ${quantile(interactions, 0.98)} ms; ` +
        `${tasks.length} tasks above 50 ms, longest ${Math.round(Math.max(0, ...tasks))} ms; last event shown after ${Math.round(shownMs)} ms\n`,
    );
    expect(findDelays(figures, { seconds: SECONDS, restMs })).toEqual([]);
    expect(shownMs).toBeLessThan(2000);
    expect(await page.locator('.event').count()).toBeLessThanOrEqual(500);
  }, 60_000);
});
