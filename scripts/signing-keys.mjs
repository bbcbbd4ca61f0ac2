// npm run signing-keys -- list | prepare | rotate | revoke KEY_ID: the keys that commands are signed with, of the instance that
// runs here unless KEY_DIR or --directory says otherwise. Elsewhere: node dist/src/healing/signing/signing-keys.main.js … --directory DIR.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBuild, ensureDeps, root } from './bootstrap.mjs';
import { stateDirectory } from './launcher/state.mjs';

checkNode();
await ensureDeps();
await ensureBuild();
const { KEY_DIR } = process.env;
const directory = KEY_DIR ? resolve(root, KEY_DIR) : join(stateDirectory(process.env), 'keys');
if (!process.argv.some((word) => /^--directory(=|$)/.test(word))) process.argv.push('--directory', directory);
await import(pathToFileURL(join(root, 'dist/src/healing/signing/signing-keys.main.js')).href);
