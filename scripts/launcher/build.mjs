import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SOURCES = ['src', 'libs', 'apps', 'examples', 'migrations'];
const CONFIGURATION = ['package.json', 'package-lock.json', '.swcrc', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
/** What the page is made of. */
const [PAGE, PAGE_SOURCES, PAGE_CONFIGURATION] = [
  'apps/dashboard',
  ['apps/dashboard', 'libs/contracts'],
  ['package.json', 'package-lock.json', 'tsconfig.json'],
];
const MARK = '.built-from';
const isSource = (name) => /\.(tsx?|m?js|css|html|svg)$/.test(name) && !name.endsWith('.spec.ts');

/** The files that a build reads, by name, time and size: some milliseconds, where reading them would take longer. */
export function computeSourcesDigest(root, folders = SOURCES, files = CONFIGURATION) {
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
      else if (isSource(entry.name)) add(path);
    }
  };
  for (const folder of folders) if (existsSync(join(root, folder))) walk(folder);
  for (const file of files) if (existsSync(join(root, file))) add(file);
  return digest.digest('hex');
}

const wasMadeFrom = (folder, digest) => existsSync(join(folder, MARK)) && readFileSync(join(folder, MARK), 'utf8') === digest;

export const isBuilt = (root, digest) => wasMadeFrom(join(root, 'dist'), digest);

/**
 * Builds beside `dist` and exchanges the two when it went well: what runs from the old one goes on, and a failed build
 * leaves it untouched. Answers what went wrong.
 */
export function build(root, digest) {
  const work = join(root, '.zantara', `build-${process.pid}`);
  const [next, old] = [join(work, 'dist'), join(work, 'old')];
  mkdirSync(work, { recursive: true });
  try {
    const problem = buildPrograms(root, work, next) ?? buildPage(root, join(next, PAGE));
    if (problem !== undefined) return problem;
    writeFileSync(join(next, MARK), digest);
    if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
    renameSync(next, join(root, 'dist'));
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function buildPrograms(root, work, outDir) {
  const config = join(work, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.build.json'), compilerOptions: { outDir } }));
  return runTool(root, 'the build', ['@nestjs/cli/bin/nest.js', 'build', '--path', relative(root, config)]);
}

/** The page takes longer than the programs, and changes less often: where nothing of it did, the last one is taken over. */
function buildPage(root, outDir) {
  const digest = computeSourcesDigest(root, PAGE_SOURCES, PAGE_CONFIGURATION);
  const last = join(root, 'dist', PAGE);
  if (wasMadeFrom(last, digest)) {
    cpSync(last, outDir, { recursive: true });
    return undefined;
  }
  const problem = runTool(root, 'the build of the page', ['vite/bin/vite.js', 'build', PAGE, '--outDir', outDir]);
  if (problem === undefined) writeFileSync(join(outDir, MARK), digest);
  return problem;
}

function runTool(root, what, [script, ...args]) {
  const tool = join(root, 'node_modules', script);
  const run = spawnSync(process.execPath, [tool, ...args], { cwd: root, encoding: 'utf8' });
  return run.status === 0 ? undefined : `${what} failed (${run.status ?? run.signal})\n${run.stdout}${run.stderr}`;
}
