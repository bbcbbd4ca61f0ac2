import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { KEYS, STATES, writeIncident } from './incident-in-each-state.ts';
import { LOOKS } from './looks.ts';

const ResultsSchema = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

describeInBrowser('the page, for everybody', () => {
  let orchestrator: RunningOrchestrator;
  let browser: Browser;

  const openTab = async (path: string, look: { scheme: 'light' | 'dark'; width: number }): Promise<Page> => {
    const page = await browser.newPage({
      colorScheme: look.scheme,
      viewport: { width: look.width, height: 900 },
      reducedMotion: 'reduce',
    });
    await page.goto(orchestrator.url + path);
    await page.locator('.incident, .timeline').first().waitFor();
    return page;
  };

  /** Serious and critical ones, each with the first element that it is about. */
  const findBarriers = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe.source);
    const { violations } = ResultsSchema.parse(await page.evaluate('axe.run(document, { resultTypes: ["violations"] })'));
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} (${nodes.length})`);
  };

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    for (const state of STATES) await writeIncident(orchestrator.log, state);
    const change = {
      service_id: 'memory',
      from: 'unknown',
      to: 'unhealthy',
      agent_id: 'memory-agent',
      reason_code: 'checks-failed',
      pid: 7,
    };
    const writes = [
      { stream: logStreams.service('memory'), expected: 'any' as const, events: [{ type: 'ServiceStateChanged', data: change }] },
    ];
    await orchestrator.log.append({ actor: 'agent:memory-agent', key: 'state', writes });
    await Promise.all(['incidents', 'services'].map((name) => orchestrator.waitForReadModel(name)));
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await orchestrator.stop();
  });

  it.each(LOOKS)('has no barrier on the start page: $scheme, $width pixels wide', async (look) => {
    const page = await openTab('/', look);
    expect(await findBarriers(page)).toEqual([]);
    await page.close();
  });

  it.each(LOOKS)('has no barrier on the page of an incident: $scheme, $width pixels wide', async (look) => {
    const page = await openTab(`/incidents/${KEYS.escalated}-1`, look);
    await page.evaluate("document.querySelectorAll('details').forEach((details, n) => (details.open = n < 3))");
    expect(await findBarriers(page)).toEqual([]);
    await page.close();
  });

  it.each(['/', `/incidents/${KEYS.escalated}-1`])('needs no scrolling to the side at 320 pixels: %s', async (path) => {
    const page = await openTab(path, { scheme: 'light', width: 320 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
    await page.close();
  });

  it('finds a barrier where there is one', async () => {
    const page = await openTab('/', LOOKS[0]);
    await page.evaluate("document.querySelector('h1').style.color = 'rgb(230, 230, 230)'");
    expect((await findBarriers(page)).join()).toContain('color-contrast');
    await page.close();
  });

  it('leads by keyboard alone from the first key to the raw event of an incident', async () => {
    const page = await openTab('/', LOOKS[0]);
    const focused = (what: string): Promise<string> => page.evaluate<string>(`String(document.activeElement.${what})`);
    const tabTo = async (matches: () => Promise<boolean>): Promise<void> => {
      for (let keys = 0; !(await matches()); keys++) {
        if (keys > 200) throw new Error('it can not be reached');
        await page.keyboard.press('Tab');
      }
    };
    await page.keyboard.press('Tab');
    expect(await focused('textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo(async () => (await focused('className')) === 'incident-what');
    await page.keyboard.press('Enter');
    await page.locator('.timeline').waitFor();
    await waitUntil(async () => (await focused('id')) === 'page-heading');
    await tabTo(async () => (await focused('tagName')) === 'SUMMARY');
    await page.keyboard.press('Enter');
    const raw = page.locator('.timeline pre');
    await raw.waitFor();
    expect(JSON.parse(await raw.innerText())).toMatchObject({ position: expect.any(String), type: expect.any(String) });
    await page.close();
  });

  it('remembers the theme that was chosen, from the first moment on', async () => {
    const context = await browser.newContext({ colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(orchestrator.url);
    const ground = 'getComputedStyle(document.documentElement).backgroundColor';
    const light = await page.evaluate(ground);
    await page.getByRole('radio', { name: 'dark' }).check({ force: true });
    const dark = await page.evaluate(ground);
    expect(dark).not.toBe(light);
    await page.reload({ waitUntil: 'commit' });
    await page.locator('.badge').waitFor();
    expect(await page.evaluate(ground)).toBe(dark);
    expect(await page.getByRole('radio', { name: 'dark' }).isChecked()).toBe(true);
    await page.getByRole('radio', { name: 'system' }).check({ force: true });
    expect(await page.evaluate(ground)).toBe(light);
    await context.close();
  });
});
