// npm run wounds | fuzz | …: a command of bench/, which starts what it needs by itself and prints one report.
// Its temporary files have a folder of their own, so that nothing is left behind, however it ends.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureDeps, log, outliveOutput, root } from './bootstrap.mjs';
import { hasProc } from './infra/process.mjs';
import { END_WITH_RUN, runInFolder } from './infra/run-folder.mjs';

/** What a measurement reads of a process, and only Linux shows. */
const READS_OF_PROC = { fuzz: "the orchestrator's memory and processor time" };

const mainOf = (name) => join(root, 'bench', name, 'main.ts');

function refuse(message) {
  log(message);
  process.exit(1);
}

const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name) || !existsSync(mainOf(name))) {
  const known = readdirSync(join(root, 'bench')).filter((folder) => existsSync(mainOf(folder)));
  refuse(`there is no measurement ${name}; there are ${known.join(', ')}`);
}
if (!hasProc && Object.hasOwn(READS_OF_PROC, name)) refuse(`${name} needs Linux: it reads ${READS_OF_PROC[name]} from /proc`);
checkNode();
outliveOutput();
await ensureDeps();
await ensureBuild();
const loader = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/typescript-loader.mjs')];
process.exit(await runInFolder(['--conditions=source', ...END_WITH_RUN, ...loader, mainOf(name), ...args]));
