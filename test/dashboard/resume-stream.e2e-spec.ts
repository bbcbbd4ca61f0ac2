import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { store } from '../builders/log-builder.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { CuttingProxy } from './cutting-proxy.ts';

const STREAM = 'test-growth';
const SHOWN = "[...document.querySelectorAll('.event')].map((row) => row.dataset.position)";

describeInBrowser('the live stream of the page', () => {
  let orchestrator: RunningOrchestrator;
  let proxy: CuttingProxy;
  let browser: Browser;
  let page: Page;

  const shown = (): Promise<string[]> => page.evaluate<string[]>(SHOWN);
  const badge = (): Promise<string> => page.locator('.badge').innerText();
  const grow = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await store(orchestrator.log, STREAM, { type: 'ThingHappened', data: { n } });
  };
  /** The page shows all of the log, the latest first. */
  const showsTheLog = async (): Promise<boolean> => {
    const { position } = await orchestrator.log.store.head();
    const expected = Array.from({ length: position }, (_, index) => String(position - index));
    return (await shown()).join() === expected.join();
  };

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    proxy = new CuttingProxy(orchestrator.url);
    await proxy.listen();
    page = await browser.newPage();
    await page.goto(proxy.url);
    await page.getByLabel('Show').selectOption('everything');
    await page.locator('.event').first().waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await proxy.leave();
    await orchestrator.stop();
  });

  it('misses and doubles nothing while it is cut off again and again', async () => {
    let isOver = false;
    const growing = grow(300).finally(() => (isOver = true));
    for (let cuts = 0; cuts < 5; cuts++) {
      const before = (await shown()).length;
      await waitUntil(async () => isOver || (await shown()).length > before, { withinMs: 20_000 });
      proxy.cut();
    }
    await growing;
    await waitUntil(showsTheLog, { withinMs: 20_000, everyMs: 50 });
    const { position } = await orchestrator.log.store.head();
    const positions = await shown();
    expect(positions).toHaveLength(position);
    expect(positions.map(Number)).toEqual(Array.from({ length: position }, (_, index) => position - index));
  }, 60_000);

  it('says since when it is stale, keeps what it had, and comes back by itself', async () => {
    const before = await shown();
    await proxy.leave();
    await waitUntil(async () => (await badge()).startsWith('reconnecting'));
    await waitUntil(async () => /^stale\s+since \d+ s$/.test(await badge()), { withinMs: 15_000 });
    expect(await shown()).toEqual(before);
    expect(await page.locator('.service').count()).toBe(1);
    await grow(20);
    await proxy.listen();
    await waitUntil(async () => (await badge()) === 'live', { withinMs: 15_000 });
    await waitUntil(showsTheLog, { withinMs: 10_000, everyMs: 50 });
  }, 60_000);

  it('holds new rows back while somebody reads further down, and while it is paused', async () => {
    await page.evaluate("document.querySelector('.stream-rows').scrollTo(0, 400)");
    const before = await shown();
    await grow(12);
    await page.getByRole('button', { name: '12 new' }).waitFor();
    expect(await shown()).toEqual(before);
    await page.getByRole('button', { name: '12 new' }).click();
    await waitUntil(showsTheLog, { withinMs: 10_000 });
    expect(await page.evaluate<number>("document.querySelector('.stream-rows').scrollTop")).toBe(0);

    await page.getByRole('button', { name: 'Pause' }).click();
    await grow(3);
    await page.getByRole('button', { name: '3 new' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await waitUntil(showsTheLog, { withinMs: 10_000 });
  }, 60_000);

  it('shows only the kind that was chosen', async () => {
    await page.getByLabel('Show').selectOption('services');
    await waitUntil(async () => (await shown()).length < 10);
    const { position } = await orchestrator.log.store.head();
    const events = await orchestrator.log.store.readAll({ after: 0, limit: position });
    const services = events.filter(({ type }) => /^(Service|Agent)/.test(type)).map((event) => String(event.position));
    expect(await shown()).toEqual(services.reverse());
    await page.getByLabel('Show').selectOption('everything');
  });

  it('begins anew when the log is another one', async () => {
    const other = await RunningOrchestrator.start();
    await proxy.leave();
    proxy.target = other.url;
    await proxy.listen();
    await waitUntil(async () => (await badge()) === 'live' && (await shown()).length === 0, { withinMs: 15_000 });
    await store(other.log, STREAM, { type: 'ThingHappened', data: {} });
    const { position } = await other.log.store.head();
    await waitUntil(async () => (await shown()).join() === String(position), { withinMs: 10_000 });
    await proxy.leave();
    await other.stop();
  }, 60_000);
});
