import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findChromium } from './chromium.ts';

describe('findChromium', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zantara-chromium-'));
    writeFileSync(join(folder, 'google-chrome'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes the one that was named', () => {
    expect(findChromium({ CHROMIUM_PATH: '/opt/chromium', PATH: folder })).toBe('/opt/chromium');
  });

  it('takes the first on PATH', () => {
    expect(findChromium({ CHROMIUM_PATH: '', PATH: ['/nowhere', folder].join(delimiter) })).toBe(join(folder, 'google-chrome'));
  });

  it('finds none where there is none', () => {
    expect(findChromium({ PATH: '/nowhere' })).toBeUndefined();
    expect(findChromium({})).toBeUndefined();
  });
});
