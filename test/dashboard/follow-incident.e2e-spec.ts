import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { TestSystem } from '../system/test-system.ts';
import { PageWatch } from './page-watch.ts';

describeInBrowser('the page beside a running system', () => {
  let system: TestSystem;
  let browser: Browser;
  let watch: PageWatch;
  let page: Page;

  beforeAll(async () => {
    [system, browser] = await Promise.all([TestSystem.start({ services: ['memory', 'rag'] }), startBrowser()]);
    watch = await PageWatch.start(await browser.newContext(), system.url);
    page = watch.tab;
    await page.goto(system.url);
    await page.getByRole('heading', { level: 1, name: 'All 2 services are healthy' }).waitFor();
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    await system.stop();
  });

  it('shows each service with its state and its process', async () => {
    const pid = await system.pidOf('rag');
    const card = page.locator('.service', { has: page.getByRole('heading', { name: 'rag' }) });
    expect(await card.innerText()).toMatch(/healthy[\s\S]*since[\s\S]*process\s+\d+/);
    expect(await card.innerText()).toContain(String(pid));
    expect(await page.locator('.counts').innerText()).toMatch(/0 open incidents\s+0 services unhealthy/);
  });

  it('follows an incident from its beginning to its end without being loaded again', async () => {
    await page.evaluate('window.isTheSamePage = true');
    process.kill(await system.pidOf('rag'), 'SIGKILL');
    await page.getByRole('heading', { level: 1, name: 'rag is being healed' }).waitFor();
    const row = page.locator('.incident');
    await row.getByText('healing').waitFor();
    expect(await row.innerText()).toMatch(/rag\s+service down/);
    expect(await page.locator('.live-fix').innerText()).toBe('restart/service is under way');
    await page.getByRole('status').getByText('New incident: rag').waitFor({ state: 'attached' });
    await row.getByText('resolved').waitFor();
    await page.getByRole('heading', { level: 1, name: 'All 2 services are healthy' }).waitFor();
    await page.locator('.event', { hasText: 'incident resolved' }).waitFor();
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
  }, 60_000);

  it('tells the incident: what, why, what was tried, how it was checked, and every event', async () => {
    await page.locator('.incident a').click();
    const heading = page.getByRole('heading', { level: 1, name: /rag was healed by restart\/service after/ });
    await heading.waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('page-heading');
    expect(await page.title()).toBe('rag, service down, resolved · Zantara');
    const text = await page.locator('main').innerText();
    for (const part of ['exit (signal SIGKILL)', 'all', 'guards allow', 'Attempt 1', 'verdict: verified, 6 of 6 probes clean']) {
      expect(text).toContain(part);
    }
    expect(await page.locator('.probes li').count()).toBe(6);
    expect(await page.locator('.words .tone-good').count()).toBeGreaterThan(6);
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
  });

  it('does nothing that nobody meant', async () => {
    expect(await watch.findings()).toEqual([]);
  });
});
