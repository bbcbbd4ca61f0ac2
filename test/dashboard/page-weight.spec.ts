import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { kindsOf } from '../../apps/dashboard/src/live/kinds.ts';
import { listFiles } from '../repository/repository-files.ts';

const FOLDER = 'dist/apps/dashboard/assets';
/** 80 KB are promised; what is left is for the pages to come. */
const MAX_SCRIPT_BYTES = 38 * 1024;
const MAX_STYLE_BYTES = 8 * 1024;

const weigh = (pattern: RegExp): number =>
  readdirSync(FOLDER)
    .filter((name) => pattern.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(`${FOLDER}/${name}`)).length, 0);

describe('the built page', () => {
  it(`loads at most ${MAX_SCRIPT_BYTES / 1024} KB of script and ${MAX_STYLE_BYTES / 1024} KB of style`, () => {
    expect(weigh(/\.js$/)).toBeGreaterThan(1024);
    expect(weigh(/\.js$/)).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
    expect(weigh(/\.css$/)).toBeLessThanOrEqual(MAX_STYLE_BYTES);
  });

  it('holds no schema library', () => {
    const script = readdirSync(FOLDER).find((name) => /^index-.*\.js$/.test(name)) ?? '';
    expect(readFileSync(`${FOLDER}/${script}`, 'utf8')).not.toMatch(/ZodError|\bajv\b/i);
  });

  it('has every event of the log under a kind of its own', () => {
    const types = listFiles('test/event-samples', (path) => path.endsWith('.json')).flatMap(
      (path) => /(\w+)\.v\d+\.json$/.exec(path)?.[1] ?? [],
    );
    expect(types.length).toBeGreaterThan(30);
    expect(types.filter((type) => kindsOf({ type, data: {} }).length === 2)).toEqual([]);
  });
});
