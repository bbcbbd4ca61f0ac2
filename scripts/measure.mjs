// npm run wounds | fuzz | …: a command of bench/, which starts what it needs by itself and prints one report.
// Its temporary files have a folder of their own, so that nothing is left behind, however it ends.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureDeps, log, outliveOutput, root, runToEnd } from './bootstrap.mjs';
import { makeRunFolder, removeRunFolder } from './infra/run-folder.mjs';

const mainOf = (name) => join(root, 'bench', name, 'main.ts');
const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name) || !existsSync(mainOf(name))) {
  const known = readdirSync(join(root, 'bench')).filter((folder) => existsSync(mainOf(folder)));
  log(`there is no measurement ${name}; there are ${known.join(', ')}`);
  process.exit(1);
}
checkNode();
outliveOutput();
await ensureDeps();
await ensureBuild();
const folder = makeRunFolder();
const loader = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/typescript-loader.mjs')];
const r = await runToEnd(process.execPath, ['--conditions=source', ...loader, mainOf(name), ...args], {
  cwd: root,
  env: { ...process.env, TMPDIR: folder },
});
await removeRunFolder(folder, log);
process.exit(r.asked ? 130 : r.code);
