import { isPortFree } from '../infra/ports.mjs';
import { LauncherError } from './options.mjs';

const DEFAULT_PORT = 3000;
const MOST_TRIED = 20;

/**
 * The port that was asked for, or an error; without PORT the default or the next free one above it.
 * @throws LauncherError
 */
export async function chooseHttpPort(asked, log) {
  if (asked !== undefined && asked !== '') {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new LauncherError(`PORT=${asked} is not a port number`);
    if (await isPortFree(port)) return port;
    throw new LauncherError(`port ${port} is taken: choose another one with PORT=`);
  }
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + MOST_TRIED; port++) {
    if (!(await isPortFree(port))) continue;
    if (port !== DEFAULT_PORT) log(`port ${DEFAULT_PORT} is taken: listening on ${port} (PORT= chooses another one)`);
    return port;
  }
  throw new LauncherError(`ports ${DEFAULT_PORT} to ${DEFAULT_PORT + MOST_TRIED - 1} are taken: choose another one with PORT=`);
}
