import { hasProc } from '../infra/process.mjs';
import { scriptOf } from '../launcher/example-services.mjs';
import { findChild } from '../launcher/leftovers.mjs';
import { LauncherError } from '../launcher/options.mjs';
import { findRunning } from '../launcher/run-file.mjs';
import { findServiceState } from './api.mjs';

/**
 * The instance that runs on this state, with the service that is meant.
 *
 * @throws LauncherError
 */
export function findTarget(stateDir, name) {
  const run = findRunning(stateDir);
  if (run === undefined) throw new LauncherError(`nothing runs from ${stateDir}: npm start starts it`);
  if (run.services === undefined)
    throw new LauncherError('the example does not run yet, or not at all: npm start brings it along');
  const names = run.services.map(({ id }) => id).join(', ');
  if (name === undefined) throw new LauncherError(`say which service: --service NAME, with one of ${names}`);
  const service = run.services.find(({ id }) => id === name);
  if (service === undefined) throw new LauncherError(`there is no service ${name}. There are: ${names}`);
  return { run, service: { id: service.id, configFile: service.config_file, findPid: () => findPid(run, service) } };
}

/** From the system, which knows best; where it doesn't tell, from the last heartbeat of the agent. */
async function findPid(run, { id, role }) {
  if (hasProc) return findChild(run.pids[`${id}-agent`], scriptOf(role));
  return (await findServiceState(run.api_url, id))?.pid ?? undefined;
}
