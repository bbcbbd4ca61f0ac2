import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FaultProxy, startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { followEverything, grow, readBadge, setHidden, showsTheLog } from './followed-stream.ts';

/** More than the six connections that a browser makes to a host. */
const TABS = 8;

describeInBrowser(`${TABS} tabs of the page in one browser`, () => {
  let orchestrator: RunningOrchestrator;
  let proxy: FaultProxy;
  let browser: Browser;
  let context: BrowserContext;
  let tabs: Page[];

  const all = async (look: (page: Page) => Promise<boolean>, pages = tabs): Promise<boolean> =>
    (await Promise.all(pages.map(look))).every(Boolean);
  const isLive = async (page: Page): Promise<boolean> => (await readBadge(page)) === 'live';
  const follows = (page: Page): Promise<boolean> => showsTheLog(page, orchestrator.log);

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    proxy = await FaultProxy.start(orchestrator.url);
    context = await browser.newContext();
    tabs = [];
    for (let n = 0; n < TABS; n++) {
      const page = await context.newPage();
      tabs.push(page);
      await followEverything(page, proxy.url);
    }
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    await proxy.leave();
    await orchestrator.stop();
  });

  it('all load their lists and follow the log', async () => {
    await grow(orchestrator.log, 20);
    await waitUntil(() => all(follows), { everyMs: 50 });
    expect(await all(isLive)).toBe(true);
    expect(await Promise.all(tabs.map((page) => page.locator('.service').count()))).toEqual(tabs.map(() => 1));
  }, 60_000);

  it('all miss nothing when they are cut off, nor when the tab that holds the stream is closed', async () => {
    proxy.cut();
    await grow(orchestrator.log, 20);
    await waitUntil(() => all(follows), { everyMs: 50 });
    const growing = grow(orchestrator.log, 50);
    await tabs.shift()?.close();
    await growing;
    await waitUntil(() => all(follows), { everyMs: 50 });
    await waitUntil(() => all(isLive), { everyMs: 50 });
  }, 60_000);

  it('claim nothing of the present while they are hidden, and have it when they are seen again', async () => {
    const [hidden, ...others] = tabs;
    if (hidden === undefined) throw new Error('no tab is left');
    await setHidden(hidden, true);
    await waitUntil(async () => (await readBadge(hidden)).startsWith('stale'));
    expect(await hidden.title()).toMatch(/^As of /);
    await grow(orchestrator.log, 20);
    await waitUntil(() => all(follows, others), { everyMs: 50 });
    expect(await follows(hidden)).toBe(false);
    await setHidden(hidden, false);
    await waitUntil(() => all(follows), { everyMs: 50 });
    await waitUntil(() => all(isLive), { everyMs: 50 });
  }, 60_000);
});
