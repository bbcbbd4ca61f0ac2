import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SOURCES = ['src', 'libs', 'apps/cli', 'examples', 'migrations'];
const CONFIGURATION = ['package.json', 'package-lock.json', '.swcrc', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const isCompiled = (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts');

/** The files that the build reads, by name, time and size: some milliseconds, where reading them would take longer. */
export function computeSourcesDigest(root) {
  const digest = createHash('sha256');
  const add = (path) => {
    const { mtimeMs, size } = statSync(join(root, path));
    digest.update(`${path}\0${mtimeMs}\0${size}\n`);
  };
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (isCompiled(entry.name)) add(path);
    }
  };
  for (const folder of SOURCES) if (existsSync(join(root, folder))) walk(folder);
  for (const file of CONFIGURATION) if (existsSync(join(root, file))) add(file);
  return digest.digest('hex');
}

const markOf = (root) => join(root, 'dist/.built-from');

export const isBuilt = (root, digest) => existsSync(markOf(root)) && readFileSync(markOf(root), 'utf8') === digest;

/**
 * Builds beside `dist` and exchanges the two when it went well: what runs from the old one goes on, and a failed build
 * leaves it untouched. Answers what went wrong.
 */
export function build(root, digest) {
  const work = join(root, '.zantara', `build-${process.pid}`);
  const [next, old, config] = [join(work, 'dist'), join(work, 'old'), join(work, 'tsconfig.json')];
  mkdirSync(work, { recursive: true });
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.build.json'), compilerOptions: { outDir: next } }));
  try {
    const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
    const run = spawnSync(process.execPath, [nest, 'build', '--path', relative(root, config)], { cwd: root, encoding: 'utf8' });
    if (run.status !== 0) return `the build failed (${run.status ?? run.signal})\n${run.stdout}${run.stderr}`;
    writeFileSync(join(next, '.built-from'), digest);
    if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
    renameSync(next, join(root, 'dist'));
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
