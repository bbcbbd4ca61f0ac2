import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';
import { dirname, join } from 'node:path';
import { readText } from './repository-files.ts';
import { repositoryRoot } from './scratch-repository.ts';

const configFile = join(repositoryRoot, '.swcrc');

/** What the built file imports at run time: types are gone by then. */
function listRuntimeImports(path: string): string[] {
  const { code } = transformSync(readText(path), { configFile, filename: path, sourceMaps: false });
  return [...code.matchAll(/(?:^|\n)\s*(?:import|export)\b(?:[^'";=(]*\bfrom)?\s*['"]([^'"]+)['"]/g)].flatMap(
    ([, name]) => name ?? [],
  );
}

function listReachable(entry: string): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    const imports = listRuntimeImports(path);
    seen.set(path, imports);
    const folder = dirname(path);
    waiting.push(...imports.filter((name) => name.startsWith('.')).map((name) => join(folder, name.replace(/\.js$/, '.ts'))));
  }
  return seen;
}

describe("the contracts' main door", () => {
  it('needs no package at run time', () => {
    const reachable = listReachable('libs/contracts/src/index.ts');
    const packages = [...reachable].flatMap(([path, imports]) =>
      imports.filter((name) => !name.startsWith('.')).map((name) => `${path}: ${name}`),
    );
    expect(reachable.size).toBeGreaterThan(20);
    expect(packages).toEqual([]);
  });
});
