import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './scratch-repository.ts';

/** What tools write: not ours, and not in the repository. */
const WRITTEN_BY_TOOLS = new Set(['.git', 'node_modules', 'dist', '.zantara', 'coverage']);

/** Every file of the repository with its path from the root, in order. */
export function listFiles(folder = '', accepts: (path: string) => boolean = () => true): string[] {
  if (!existsSync(join(repositoryRoot, folder))) return [];
  const entries = readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).filter(
    ({ name }) => !WRITTEN_BY_TOOLS.has(name),
  );
  return entries
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFiles(path, accepts);
      return entry.isFile() && accepts(path) ? [path] : [];
    })
    .sort();
}

export const readText = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');

export const isTest = (path: string): boolean => /\.(spec|e2e-spec)\.ts$/.test(path);

/** Source code of ours, tests left out. */
export const listCode = (): string[] =>
  listFiles('', (path) => /^(src|libs|apps|examples|migrations|scripts|bench)\/.*\.(ts|tsx|mjs)$/.test(path) && !isTest(path));
