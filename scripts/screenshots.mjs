// npm run screenshots: starts the example on a state of its own, breaks a service, and takes the pictures of docs/images while it heals.
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureDeps, outliveOutput, root } from './bootstrap.mjs';
import { END_WITH_RUN, runInFolder } from './infra/run-folder.mjs';

checkNode();
outliveOutput();
await ensureDeps();
await ensureBuild();
process.exit(await runInFolder([...END_WITH_RUN, join(root, 'scripts/screenshots/take-pictures.mjs')]));
