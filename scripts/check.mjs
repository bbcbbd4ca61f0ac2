// npm run check: every tool, two at a time, as most have one thread; a failure doesn't keep the next one from being heard.
// `npm run check -- lint types` runs the named steps only.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkNode, ensureDeps, root } from './bootstrap.mjs';

const present = (...folders) => folders.filter((folder) => existsSync(join(root, folder)));
const tool = (path) => join(root, 'node_modules', path);

const steps = [
  { name: 'format', run: [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'lint', run: [tool('oxlint/bin/oxlint'), '--disable-nested-config'] },
  { name: 'types', run: ['scripts/typecheck.mjs'] },
  {
    name: 'dependencies',
    run: [
      tool('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...present('src', 'libs', 'apps', 'examples', 'migrations', 'test', 'scripts', 'bench', 'tools'),
    ],
  },
  { name: 'unused', run: [tool('knip/bin/knip.js'), '--no-progress'] },
  { name: 'lock', run: ['scripts/check-lock.mjs'] },
  ...present('scripts/generate-reference.mjs').map((script) => ({ name: 'reference', run: [script, '--check'] })),
];

const LANES = 2;
const exec = promisify(execFile);

/** Runs one step quietly; its output is shown when it failed. */
async function passes({ name, run }) {
  const startedAt = performance.now();
  const failure = await exec(process.execPath, run, { cwd: root, maxBuffer: 256 * 1024 * 1024 }).then(() => undefined, describe);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${name.padEnd(13)}${seconds.padStart(6)} s`);
  if (failure !== undefined) console.log(failure);
  return failure === undefined;
}

/** @param {unknown} failure */
const describe = (failure) => {
  const { stdout = '', stderr = '', message = '' } = Object(failure);
  return [stdout, stderr].join('\n').trim() || message;
};

/** The names of those that failed. */
async function runAll(waiting) {
  const failed = [];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
      if (!(await passes(step))) failed.push(step.name);
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return failed;
}

checkNode();
await ensureDeps();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = steps.filter(({ name }) => asked.length === 0 || asked.includes(name));
const failed = await runAll([...chosen]);
console.log(failed.length === 0 ? `all ${chosen.length} steps passed` : `failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
