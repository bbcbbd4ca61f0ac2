// npm run zantara -- <arguments>: the command line, built when a source has changed, pointed at the instance that runs here.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBuild, ensureDeps, log, root } from './bootstrap.mjs';
import { readRunFile } from './launcher/run-file.mjs';
import { stateDirectory } from './launcher/state.mjs';

checkNode();
await ensureDeps();
await ensureBuild();
const url = readRunFile(stateDirectory(process.env))?.api_url;
if (!process.env.ZANTARA_URL && url !== undefined) process.env.ZANTARA_URL = url;

const main = join(root, 'dist/apps/cli/src/main.js');
if (!existsSync(main)) {
  log(`${main} was not built`);
  process.exit(1);
}
// In this process, for the start of another one would take longer than most commands.
process.argv[1] = main;
await import(pathToFileURL(main).href);
