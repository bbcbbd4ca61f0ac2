import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { toSafeJson } from '#libs/contracts';
import { startBrowser, waitUntil } from '#libs/testing';
import { describeInBrowser } from '#libs/testing/suites';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { incidentOf, serviceOf, tellEach, TEXTS_OF_INCIDENT, TEXTS_OF_SERVICE } from './hostile-events.ts';
import { Coverage, writeStory } from './hostile-stories.ts';
import { loadHostileStrings } from './hostile-strings.ts';
import { PageWatch } from './page-watch.ts';
import { listShapes } from './shown-fields.ts';

const { from, strings } = loadHostileStrings();
/** A story is cut at 2,000 events. */
const PER_STORY = 1900;
/** The stream keeps 500 rows. */
const PER_BATCH = 400;
/** On a page, which takes its time, a field sees one string of so many; a spec without a page has each string in each field. */
const SPREAD = 8;
/** Each is asked for by itself. */
const IN_ADDRESSES = 500;

const keyOf = (n: number): string => n.toString(16).padStart(12, '0');
const idOf = (n: number): string => `${keyOf(n)}-1`;

const inGroups = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

describeInBrowser(`hostile strings (${from})`, () => {
  let orchestrator: RunningOrchestrator;
  let browser: Browser;
  let watch: PageWatch;
  let page: Page;
  const stories = inGroups(strings, PER_STORY);
  const incidents = inGroups(strings, TEXTS_OF_INCIDENT);
  const services = inGroups(strings, TEXTS_OF_SERVICE);

  /** Who acts, and in which stream, is shown too. */
  async function write(key: string, stream: string, events: readonly DomainEvent[], correlationId?: string): Promise<void> {
    const actor = strings[key.length] ?? 'test';
    const writes = [{ stream, expected: 'any' as const, events }];
    await orchestrator.log.append({
      actor,
      key,
      writes,
      ...(correlationId === undefined ? {} : { correlationId }),
    });
  }

  const openTab = async (path: string): Promise<void> => {
    await page.goto(orchestrator.url + path);
    await page.locator('.cards, .timeline').first().waitFor();
  };

  beforeAll(async () => {
    [orchestrator, browser] = await Promise.all([RunningOrchestrator.start(), startBrowser()]);
    watch = await PageWatch.start(await browser.newContext(), orchestrator.url);
    page = watch.tab;
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await orchestrator.stop();
  });

  it('are noticed by this test if one of them is ever executed, refused or made an element', async () => {
    await openTab('/');
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="//example.test/" onerror="alert(1)">')`);
    await waitUntil(async () => (await watch.findings()).length >= 3);
    const findings = (await watch.findings()).join('\n');
    expect(findings).toMatch(/policy (script-src|img-src)/);
    expect(findings).toContain('<img>');
    expect(findings).toContain('img onerror');
    await page.evaluate('alert(1)');
    expect((await watch.findings()).join('\n')).toContain('alert 1');
    await page.close();
    watch = await PageWatch.start(await browser.newContext(), orchestrator.url);
    page = watch.tab;
  });

  it('do nothing in the live stream', async () => {
    await openTab('/');
    await page.getByLabel('Show').selectOption('everything');
    for (const [story, texts] of stories.entries()) {
      for (const [batch, part] of inGroups(tellEach(texts), PER_BATCH).entries()) {
        await write(`story ${story} ${batch}`, toStreamName(texts[batch] ?? ''), part, idOf(story + 1));
        const { position } = await orchestrator.log.store.head();
        await waitUntil(async () => Number(await page.locator('.event').first().getAttribute('data-position')) >= position);
        expect(await watch.findings()).toEqual([]);
      }
    }
  }, 180_000);

  it('do nothing in the timeline of an incident, whose raw events hold them to the letter', async () => {
    for (const [story, texts] of stories.entries()) {
      await write(
        `opened ${story}`,
        logStreams.incident(keyOf(story + 1)),
        incidentOf(idOf(story + 1), texts.slice(0, TEXTS_OF_INCIDENT)),
      );
      await orchestrator.waitForReadModel('incidents');
      await openTab(`/incidents/${idOf(story + 1)}`);
      await page.locator('.checkbox input').check();
      await page.evaluate("document.querySelectorAll('.timeline details').forEach((details) => (details.open = true))");
      await waitUntil(async () => (await page.locator('.timeline pre').count()) >= texts.length, {
        everyMs: 100,
      });
      expect(await watch.findings()).toEqual([]);
      const raw = await page.evaluate<string>(
        "[...document.querySelectorAll('.timeline pre')].map((pre) => pre.textContent).join()",
      );
      const missing = texts.filter((text) => !raw.includes(toSafeJson(text).slice(1, -1)));
      expect(missing).toEqual([]);
    }
  }, 180_000);

  it('do nothing in any field of any event that a page shows', async () => {
    const [coverage, address] = [new Coverage(), `/api/incidents/${idOf(1)}`];
    for (const story of inGroups(writeStory(listShapes(), strings, SPREAD), PER_STORY)) {
      await page.route(orchestrator.url + address, async (route) => {
        const response = await route.fetch();
        const incident = z.record(z.string(), z.unknown()).parse(await response.json());
        await route.fulfill({ response, json: { ...incident, timeline: story.map(({ entry }) => entry) } });
      });
      await openTab(`/incidents/${idOf(1)}`);
      await page.locator('.checkbox input').check();
      await waitUntil(async () => (await page.locator('.entry').count()) === story.length, { everyMs: 100 });
      expect(await watch.findings()).toEqual([]);
      const shown = await page.evaluate<string[]>(
        "[...document.querySelectorAll('.entry')].map(({ textContent }) => textContent)",
      );
      for (const [index, entry] of story.entries()) coverage.note(entry, shown[index] ?? '');
      await page.unroute(orchestrator.url + address);
    }
    const { summary, missed, leastSeen, leastFields } = coverage.summarise(strings);
    process.stdout.write(`hostile strings on a page: ${summary}\n`);
    expect(missed).toEqual([]);
    expect(leastSeen).toBeGreaterThan(strings.length / (SPREAD + 1));
    expect(leastFields).toBeGreaterThan(10);
  }, 180_000);

  it('do nothing in the list of incidents', async () => {
    const events = incidents.flatMap((texts, n) => incidentOf(idOf(n + 100), texts).map((event) => ({ n, event })));
    for (const [group, part] of inGroups(events, 500).entries()) {
      await write(
        `incidents ${group}`,
        logStreams.incident(keyOf(group + 100)),
        part.map(({ event }) => event),
      );
    }
    await orchestrator.waitForReadModel('incidents');
    await openTab('/');
    for (let pages = 0; ; pages++) {
      await page.locator('.incident').first().waitFor();
      expect(await watch.findings()).toEqual([]);
      const older = page.locator('.older');
      if ((await older.count()) === 0) {
        expect(pages).toBeGreaterThanOrEqual(Math.floor(incidents.length / 20));
        break;
      }
      const address = page.url();
      await older.click();
      await waitUntil(() => page.url() !== address);
    }
  }, 180_000);

  it(`do nothing in the address of the page (${IN_ADDRESSES} of them)`, async () => {
    await openTab('/');
    for (const part of inGroups(strings.slice(0, IN_ADDRESSES), 100)) {
      await page.evaluate<void>(visitEach(part.map((text) => `/?service=${encodeURIComponent(text)}`)));
      expect(await watch.findings()).toEqual([]);
    }
  }, 180_000);

  it('do nothing on the cards of services', async () => {
    const events = services.flatMap(([id = 'x', ...texts]) => serviceOf(id, texts));
    for (const [group, part] of inGroups(events, 500).entries()) await write(`services ${group}`, `test-services-${group}`, part);
    await orchestrator.waitForReadModel('services');
    await openTab('/');
    await waitUntil(async () => (await page.locator('.service').count()) >= services.length, { everyMs: 100 });
    expect(await watch.findings()).toEqual([]);
    await page.locator('.filter select').selectOption({ index: 3 });
    await waitUntil(() => page.url().includes('service='));
    expect(await watch.findings()).toEqual([]);
  }, 120_000);
});

/** Of what a name may be made of. */
const toStreamName = (text: string): string => `test-${text}`.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 200);

/** Goes from one address to the next, as a click on a link of ours would, and lets each be drawn. */
const visitEach = (addresses: readonly string[]): string => `(async () => {
  for (const address of ${JSON.stringify(addresses)}) {
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
    await new Promise((drawn) => setTimeout(drawn, 0));
  }
})()`;
