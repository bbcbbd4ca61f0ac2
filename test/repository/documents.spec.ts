import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FINDING_CODES } from '#libs/event-store';
import { STATUS_OF_CODE } from '../../src/platform/http/problem.ts';
import { listFiles, readText } from './repository-files.ts';
import { repositoryRoot } from './scratch-repository.ts';

const LINK = /\]\(([^)\s]+)\)/g;

const listLinks = (path: string): string[] => {
  const prose = readText(path).replace(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(LINK)].flatMap(([, target]) => (target === undefined || /^([a-z]+:|#)/.test(target) ? [] : target));
};

describe('the documents', () => {
  it('every link to a file leads to one', () => {
    const broken = listFiles('', (path) => path.endsWith('.md')).flatMap((path) =>
      listLinks(path)
        .filter((target) => !existsSync(join(repositoryRoot, dirname(path), decodeURI(target.replace(/#.*/, '')))))
        .map((target) => `${path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('decisions are numbered from 0001 without a hole', () => {
    const numbers = listFiles('docs/adr', (path) => path.endsWith('.md')).map((path) =>
      path.slice('docs/adr/'.length, 'docs/adr/0000'.length),
    );
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
    expect(numbers.length).toBeGreaterThan(0);
  });

  it('say of everything that verify can find what it is', () => {
    const explained = [...readText('docs/integrity.md').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, code]) => code);
    expect(new Set(explained)).toEqual(new Set(FINDING_CODES));
  });

  it('the change log has an unreleased part', () => {
    expect(readText('CHANGELOG.md')).toMatch(/^## \[?Unreleased\]?$/m);
  });

  it.each(['fly.toml', 'docs/deploy-fly.md'])('%s says that nobody has tried it', (path) => {
    expect(readText(path)).toContain('Never deployed');
  });

  it('say of every refusal of access what it means', () => {
    const explained = readText('docs/access.md');
    expect(Object.keys(STATUS_OF_CODE).filter((code) => !explained.includes(`\`${code}\``))).toEqual([]);
  });
});
