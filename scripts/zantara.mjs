// npm run zantara -- <arguments>: the command line, built when a source has changed, pointed at the instance that runs here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBuild, ensureDeps, log, root } from './bootstrap.mjs';
import { readRunFile } from './launcher/run-file.mjs';
import { stateDirectory } from './launcher/state.mjs';

checkNode();
await ensureDeps();
await ensureBuild();
const run = readRunFile(stateDirectory(process.env));
// Whoever names another orchestrator gets no key of this one.
if (!process.env.ZANTARA_URL && run?.api_url !== undefined) {
  process.env.ZANTARA_URL = run.api_url;
  const keyFile = run.admin_key_file;
  if (!process.env.ZANTARA_API_KEY && keyFile !== undefined && existsSync(keyFile))
    process.env.ZANTARA_API_KEY = readFileSync(keyFile, 'utf8').trim();
}
// For the log tools. Whoever names a database of his own gets none of the other settings, which may belong to another log.
if (!process.env.DATABASE_URL) Object.assign(process.env, run?.log_settings);

const main = join(root, 'dist/apps/cli/src/main.js');
if (!existsSync(main)) {
  log(`${main} was not built`);
  process.exit(1);
}
// In this process, for the start of another one would take longer than most commands.
process.argv[1] = main;
await import(pathToFileURL(main).href);
