// node scripts/infra/remove-folder.mjs FOLDER: removes the folder of a run, and ends what still runs from there.
import { removeFolder } from './run-folder.mjs';

await removeFolder(process.argv[2]);
