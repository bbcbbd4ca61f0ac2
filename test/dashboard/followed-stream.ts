import type { Page } from 'playwright-core';
import { waitUntil } from '#libs/testing';
import type { Log } from '../../src/platform/log/log.ts';
import { store } from '../builders/log-builder.ts';

const SHOWN = "[...document.querySelectorAll('.event')].map((row) => row.dataset.position)";
/** The page's own listener was there before this one. */
const SCROLL_DOWN = `new Promise((resolve) => {
  const rows = document.querySelector('.stream-rows');
  rows.addEventListener('scroll', resolve, { once: true });
  rows.scrollTo(0, 400);
})`;

/** Opens the page with everything of the log in its stream. */
export async function followEverything(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Show').selectOption('everything');
  await page.locator('.event').first().waitFor();
}

export async function grow(log: Log, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await store(log, 'test-growth', { type: 'ThingHappened', data: { n } });
}

/** The positions in the stream, as they stand there. */
export const listShown = (page: Page): Promise<string[]> => page.evaluate<string[]>(SHOWN);

/** Whether the page shows all of the log, the latest first. */
export async function showsTheLog(page: Page, log: Log): Promise<boolean> {
  const { position } = await log.store.head();
  const expected = Array.from({ length: position }, (_, index) => String(position - index));
  return (await listShown(page)).join() === expected.join();
}

/** Reads further down in a page that shows all of the log, which has heard of it when this returns. */
export async function scrollDown(page: Page, log: Log): Promise<void> {
  // What is shorter than its frame can't be scrolled.
  await waitUntil(() => showsTheLog(page, log), { everyMs: 50 });
  await page.evaluate(SCROLL_DOWN);
}

export const readBadge = (page: Page): Promise<string> => page.locator('.badge').innerText();

/** Lets the page believe that another tab is before it, or that it is seen again. */
export const setHidden = (page: Page, isHidden: boolean): Promise<void> =>
  page.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, value: ${String(isHidden)} });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
