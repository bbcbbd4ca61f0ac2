import type { BrowserContext, Page } from 'playwright-core';
import { resolve } from 'node:path';

/** Notes whatever a page does that nobody meant: executions, refused content, dialogs, requests to others, other pages. */
export class PageWatch {
  private readonly found: string[] = [];

  private constructor(private readonly page: Page) {}

  static async start(context: BrowserContext, origin: string): Promise<PageWatch> {
    await context.addInitScript({ path: resolve('test/dashboard/tripwire.js') });
    const page = await context.newPage();
    const watch = new PageWatch(page);
    page.on('dialog', (dialog) => {
      watch.found.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', ({ message }) => watch.found.push(`error ${message}`));
    page.on('popup', (popup) => watch.found.push(`popup ${popup.url()}`));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) watch.found.push(`request ${request.url()}`);
    });
    page.on('framenavigated', (frame) => {
      if (!frame.url().startsWith(origin) && frame.url() !== 'about:blank') watch.found.push(`navigation ${frame.url()}`);
    });
    return watch;
  }

  get tab(): Page {
    return this.page;
  }

  /** Everything so far; nothing when all is well. */
  async findings(): Promise<string[]> {
    const [noted, strangers] = await Promise.all([
      this.page.evaluate<string[]>('window.tripwire'),
      this.page.evaluate<string[]>('window.listStrangers()'),
    ]);
    return [...this.found, ...noted, ...new Set(strangers)];
  }
}
