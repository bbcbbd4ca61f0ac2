import { listProcesses } from '../infra/process.mjs';
import { scriptOf } from '../launcher/example-services.mjs';
import { findChild } from '../launcher/leftovers.mjs';
import { LauncherError } from '../launcher/options.mjs';
import { findRunning } from '../launcher/run-file.mjs';

/**
 * The instance that runs on this state, with the service that is meant. Its process is asked of the system: what an agent said last
 * may have ended since, and its number may be another program's.
 *
 * @throws LauncherError
 */
export function findTarget(stateDir, name, list = listProcesses) {
  const run = findRunning(stateDir);
  if (run === undefined) throw new LauncherError(`nothing runs from ${stateDir}: npm start starts it`);
  if (run.services === undefined)
    throw new LauncherError('the example does not run yet, or not at all: npm start brings it along');
  const names = run.services.map(({ id }) => id).join(', ');
  if (name === undefined) throw new LauncherError(`say which service: --service NAME, with one of ${names}`);
  const service = run.services.find(({ id }) => id === name);
  if (service === undefined) throw new LauncherError(`there is no service ${name}. There are: ${names}`);
  const findPid = () => findChild(run.pids[`${service.id}-agent`], scriptOf(service.role), list());
  return { run, service: { id: service.id, configFile: service.config_file, findPid } };
}
