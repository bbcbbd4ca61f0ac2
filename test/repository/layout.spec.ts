import { describe, expect, it } from '@jest/globals';
import { basename, dirname } from 'node:path';
import { listCode, listFiles, readText } from './repository-files.ts';

const SOURCE_ROOT = /^(src|(?:libs|apps)\/[^/]+\/src)\//;
const MAX_DEPTH = 3;
const BARE_FILES = /^(utils?|types|constants|helpers?|common|misc|shared)\.tsx?$/;
const BARE_FOLDERS = /(^|\/)(utils?|helpers?|common|interfaces|types|constants|misc|shared)(\/|$)/;

/** Show what others write, who have nothing of ours. */
const FOREIGN_PROGRAMS = ['examples/feed-reader/read-feed.mjs'];

describe('the layout', () => {
  it('every fix strategy says in a README when it applies, what it changes and how it is undone', () => {
    const folders = new Set(
      listFiles('libs/fix-strategies/src')
        .map(dirname)
        .filter((folder) => folder !== 'libs/fix-strategies/src'),
    );
    const files = new Set(listFiles('libs/fix-strategies/src'));
    expect([...folders].filter((folder) => !files.has(`${folder}/README.md`))).toEqual([]);
  });

  it(`folders are at most ${MAX_DEPTH} deep below a source folder`, () => {
    const tooDeep = listFiles().filter(
      (path) => SOURCE_ROOT.test(path) && path.replace(SOURCE_ROOT, '').split('/').length - 1 > MAX_DEPTH,
    );
    expect(tooDeep).toEqual([]);
  });

  it('no file or folder is named after a drawer', () => {
    const named = listCode().filter((path) => BARE_FILES.test(basename(path)) || BARE_FOLDERS.test(dirname(path)));
    expect(named).toEqual([]);
  });

  it('a rule is switched off in .oxlintrc.json with its reason, never in the code', () => {
    const off = listFiles('', (path) => /\.(ts|tsx|mjs|cjs)$/.test(path)).filter((path) =>
      /(oxlint|eslint)-disable|@ts-(ignore|nocheck)|prettier-ignore/.test(readText(path)),
    );
    expect(off.filter((path) => path !== 'test/repository/layout.spec.ts')).toEqual([]);
  });

  it('subjects are computed in contracts and written nowhere else', () => {
    const isExempt = (path: string): boolean => path.startsWith('libs/contracts/src/') || FOREIGN_PROGRAMS.includes(path);
    const written = listCode().filter((path) => !isExempt(path) && /['"`]zt\./.test(readText(path)));
    expect(written).toEqual([]);
  });

  it('each library has its door', () => {
    const libraries = new Set(listFiles('libs').flatMap((path) => /^libs\/[^/]+/.exec(path)?.[0] ?? []));
    const files = new Set(listFiles('libs'));
    expect([...libraries].filter((library) => !files.has(`${library}/src/index.ts`))).toEqual([]);
  });
});
