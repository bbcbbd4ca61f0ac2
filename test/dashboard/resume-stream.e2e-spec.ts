import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { FaultProxy, startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { store } from '../builders/log-builder.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { followEverything, grow as growLog, listShown, readBadge, scrollDown, showsTheLog } from './followed-stream.ts';

describeInBrowser('the live stream of the page', () => {
  let orchestrator: RunningOrchestrator;
  let other: RunningOrchestrator | undefined;
  let proxy: FaultProxy;
  let browser: Browser;
  let page: Page;

  const shown = (): Promise<string[]> => listShown(page);
  const badge = (): Promise<string> => readBadge(page);
  const grow = (count: number): Promise<void> => growLog(orchestrator.log, count);
  const isWhole = (): Promise<boolean> => showsTheLog(page, orchestrator.log);

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    proxy = await FaultProxy.start(orchestrator.url);
    page = await browser.newPage();
    await followEverything(page, proxy.url);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await proxy.leave();
    await Promise.all([orchestrator.stop(), other?.stop()]);
  });

  it('misses and doubles nothing while it is cut off again and again', async () => {
    let isOver = false;
    const growing = grow(300).finally(() => (isOver = true));
    for (let cuts = 0; cuts < 5; cuts++) {
      const before = (await shown()).length;
      await waitUntil(async () => isOver || (await shown()).length > before);
      proxy.cut();
    }
    await growing;
    await waitUntil(isWhole, { everyMs: 50 });
    const { position } = await orchestrator.log.store.head();
    const positions = await shown();
    expect(positions).toHaveLength(position);
    expect(positions.map(Number)).toEqual(Array.from({ length: position }, (_, index) => position - index));
  }, 60_000);

  it('says since when it is stale, keeps what it had, and comes back by itself', async () => {
    const before = await shown();
    await proxy.leave();
    await waitUntil(async () => (await badge()).startsWith('reconnecting'));
    await waitUntil(async () => /^stale\s+since \d+ s$/.test(await badge()));
    expect(await shown()).toEqual(before);
    expect(await page.locator('.service').count()).toBe(1);
    await grow(20);
    await proxy.listen();
    await waitUntil(async () => (await badge()) === 'live');
    await waitUntil(isWhole, { everyMs: 50 });
  }, 60_000);

  it('is stale when the orchestrator hangs, since it last said something, and says so of all that it tells', async () => {
    const told = await page.title();
    expect(told).not.toMatch(/^As of/);
    proxy.hold();
    await waitUntil(async () => /^stale\s+since 1\d s$/.test(await badge()), { everyMs: 50 });
    await page.getByText(/As of [\d:]+ UTC\. The orchestrator can not be heard/).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^As of [\d:]+ UTC: /);
    expect(await page.title()).toMatch(/^As of/);
    expect((await page.title()).replace(/^As of [\d:]+ UTC: /, '')).toBe(told);
    await proxy.leave();
    proxy.recover();
    await proxy.listen();
    await waitUntil(async () => (await badge()) === 'live', { everyMs: 50 });
    await waitUntil(async () => (await page.title()) === told);
  }, 60_000);

  it('is behind while its lists can not be had, though the stream is open', async () => {
    await page.route('**/api/incidents*', (route) => route.abort());
    await store(orchestrator.log, 'test-growth', { type: 'IncidentNoted', data: {} });
    await waitUntil(async () => /^behind\s+since \d+ s$/.test(await badge()), { everyMs: 50 });
    await page.getByText(/As of [\d:]+ UTC\. What is shown here is behind/).waitFor();
    await waitUntil(isWhole);
    await page.unroute('**/api/incidents*');
    await waitUntil(async () => (await badge()) === 'live', { everyMs: 50 });
  }, 60_000);

  it('holds new rows back while somebody reads further down, and while it is paused', async () => {
    await scrollDown(page, orchestrator.log);
    const before = await shown();
    await grow(12);
    await page.getByRole('button', { name: '12 new' }).waitFor();
    expect(await shown()).toEqual(before);
    await page.getByRole('button', { name: '12 new' }).click();
    await waitUntil(isWhole);
    expect(await page.evaluate<number>("document.querySelector('.stream-rows').scrollTop")).toBe(0);

    await page.getByRole('button', { name: 'Pause' }).click();
    await grow(3);
    await page.getByRole('button', { name: '3 new' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await waitUntil(isWhole);
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

  it('shows the latest again to whoever read further down, left the page and comes back', async () => {
    await scrollDown(page, orchestrator.log);
    await grow(2);
    await page.getByRole('button', { name: '2 new' }).waitFor();
    await page.evaluate("history.pushState(null, '', '/nowhere'); dispatchEvent(new PopStateEvent('popstate'))");
    await page.getByText('Nothing is kept at this address').waitFor();
    await page.getByRole('link', { name: 'Go to the services and incidents' }).click();
    await waitUntil(isWhole, { everyMs: 50 });
  }, 60_000);

  it('begins anew when the log is another one, though that one is longer', async () => {
    other = await RunningOrchestrator.start();
    const { log } = other;
    const head = async (): Promise<number> => (await log.store.head()).position;
    const showsTheLatest = async (): Promise<boolean> => (await shown())[0] === String(await head());
    const { position } = await orchestrator.log.store.head();
    await growLog(log, position + 50);
    await proxy.leave();
    proxy.target = other.url;
    await proxy.listen();
    await waitUntil(async () => (await badge()) === 'live' && (await showsTheLatest()), { everyMs: 50 });
    const [last = Number.NaN, ...older] = (await shown()).map(Number);
    expect(older).toEqual(older.map((_, index) => last - index - 1));
    // 200 before the snapshot, and what came after it.
    expect(older.length).toBeGreaterThanOrEqual(199);
    expect(older.length).toBeLessThan(position);
    await growLog(log, 1);
    await waitUntil(showsTheLatest, { everyMs: 50 });
  }, 60_000);
});
