// The root project, then every program and library that narrows it (fewer types: no Node, no DOM).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const narrower = ['libs', 'apps'].flatMap((folder) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name, 'tsconfig.json')) : [],
);
const projects = ['tsconfig.json', ...narrower.filter((file) => existsSync(join(root, file)))];

let failed = 0;
for (const project of projects) {
  const tsc = [join(root, 'node_modules/tsc7/bin/tsc'), '-p', project, '--noEmit'];
  const { status } = spawnSync(process.execPath, tsc, { cwd: root, stdio: 'inherit' });
  if (status === 0) continue;
  failed += 1;
  console.error(`${project}: the type check failed`);
}
process.exit(failed === 0 ? 0 : 1);
