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
const ROUND_MS = 40;
/** An answer that takes longer is felt (web.dev, INP: good is below 200 ms). */
const FELT_MS = 100;

const FiguresSchema = z.object({ tasks: z.array(z.number()), interactions: z.array(z.number()) });

const probe = (n: number): DomainEvent => ({
  type: 'ProbeObserved',
  data: { fix_id: `f-${n}`, ok: n % 3 > 0, clean_in_a_row: n % 6, reason_code: 'probe:timeout', latency_ms: n },
});

/** The share of answers that were faster. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

describeInBrowser(`the page at ${PER_SECOND} events a second`, () => {
  let orchestrator: RunningOrchestrator;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript({ path: resolve('test/dashboard/responsiveness.js') });
    await page.goto(orchestrator.url);
    await page.getByLabel('Show').selectOption('everything');
    await page.locator('.event').first().waitFor();
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

  it('answers whoever uses it, and shows the last event at once', async () => {
    const pauses = page.getByRole('button', { name: 'Pause' });
    let isOver = false;
    const growing = grow().finally(() => (isOver = true));
    while (!isOver) {
      await pauses.click();
      await page.getByLabel('Show').selectOption('checks');
      await pauses.click();
      await page.getByLabel('Show').selectOption('everything');
    }
    await growing;
    const endedMs = performance.now();
    const { position } = await orchestrator.log.store.head();
    await page.locator(`.event[data-position="${position}"]`).waitFor();
    const shownMs = performance.now() - endedMs;
    const { tasks, interactions } = FiguresSchema.parse(await page.evaluate('window.responsiveness'));
    process.stdout.write(
      `the page at ${PER_SECOND} events/s for ${SECONDS} s: ${interactions.length} interactions above 16 ms, ` +
        `p75 ${quantile(interactions, 0.75)} ms, p98 ${quantile(interactions, 0.98)} ms; ` +
        `${tasks.length} tasks above 50 ms, longest ${Math.round(Math.max(0, ...tasks))} ms; last event shown after ${Math.round(shownMs)} ms\n`,
    );
    expect(quantile(interactions, 0.75)).toBeLessThan(FELT_MS);
    expect(tasks.filter((duration) => duration >= FELT_MS).length).toBeLessThanOrEqual(SECONDS / 4);
    expect(shownMs).toBeLessThan(2000);
    expect(await page.locator('.event').count()).toBeLessThanOrEqual(500);
  }, 60_000);
});
