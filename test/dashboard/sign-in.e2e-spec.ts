import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { ask, createKey, idOfKey } from '../builders/key-ring.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { LOOKS } from './looks.ts';
import { PageWatch } from './page-watch.ts';

describeInBrowser('signing in to the page', () => {
  let orchestrator: RunningOrchestrator;
  let browser: Browser;

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start({ ANONYMOUS_ROLE: 'none' }), startBrowser()]);
    await orchestrator.waitForReadModel('services');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await orchestrator.stop();
  });

  const openTab = async (context: BrowserContext): Promise<{ page: Page; watch: PageWatch }> => {
    const watch = await PageWatch.start(context, orchestrator.url);
    await watch.tab.goto(orchestrator.url);
    return { page: watch.tab, watch };
  };
  const home = (page: Page): Promise<void> => page.locator('.service').first().waitFor();

  it('goes by keyboard, says what is wrong, and leads on to what was asked for and out again', async () => {
    const context = await browser.newContext();
    const { page, watch } = await openTab(context);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.locator('.service, .counts, .badge').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.id')).toBe('api-key');
    await page.keyboard.type('zt_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('this API key is none of this server').waitFor();

    const key = await createKey(orchestrator, { owner: 'ana', role: 'viewer' });
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await home(page);
    expect(await watch.findings()).toEqual([]);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'zantara_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(JSON.stringify([cookie, await context.storageState()])).not.toContain(key);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('is asked for as soon as the key is revoked, and the page says so as often as it is loaded', async () => {
    const context = await browser.newContext();
    const { page } = await openTab(context);
    const key = await createKey(orchestrator, { owner: 'ben', role: 'viewer' });
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await home(page);
    const revoke = `/api/keys/${idOfKey(key)}/revoke`;
    const answer = await ask(orchestrator, revoke, { key: orchestrator.adminKey, body: { reason: 'a test' } });
    expect(answer.status).toBe(200);
    const reason = page.getByText(`the API key ${idOfKey(key)} was revoked`);
    await reason.waitFor();
    await page.reload();
    await reason.waitFor();
    await context.close();
  });

  it.each(LOOKS)('has no barrier, and fits: $scheme, $width pixels wide', async ({ scheme, width }) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
    const { page } = await openTab(context);
    await page.getByLabel('API key').fill('zt_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('none of this server').waitFor();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<{ violations: { id: string; impact: string }[] }>('axe.run(document)');
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
    await context.close();
  });
});
