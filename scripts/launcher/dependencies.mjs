import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const platform = `${process.platform} ${process.arch} ${process.versions.modules}`;
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Whether node_modules holds what package-lock.json asks for. npm leaves a lock file of its own in node_modules, so what was
 * installed by hand counts too. A package for another platform may be missing; what was installed on another one is not ours.
 */
export function areDependenciesInstalled(root) {
  const hidden = join(root, 'node_modules/.package-lock.json');
  const mark = join(root, 'node_modules/.platform');
  if (!existsSync(hidden)) return false;
  if (existsSync(mark) && readFileSync(mark, 'utf8') !== platform) return false;
  const installed = readJson(hidden).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true || wanted.devOptional === true : found.version === wanted.version;
  });
}

/** Installs exactly what the lock file says; answers what went wrong. */
export function installDependencies(root) {
  const args = ['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (run.status !== 0) return `npm ci failed (${run.status ?? run.signal ?? run.error?.message})`;
  writeFileSync(join(root, 'node_modules/.platform'), platform);
  return undefined;
}
