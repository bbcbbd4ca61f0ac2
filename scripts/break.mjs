// npm run break -- WOUND --service NAME: really breaks a service of the example that npm start runs.
import { checkNode, EXIT_STOPPED, outliveOutput } from './bootstrap.mjs';
import { findServiceState, watchEscalation } from './break/api.mjs';
import { HELP, parseBreak } from './break/options.mjs';
import { findTarget } from './break/target.mjs';
import { GET_BACK, renderWatch } from './break/tell.mjs';
import { breakConfig, breakServiceDown, breakServiceHung, crashLoop, NotRunningError } from './break/wounds.mjs';
import { LauncherError } from './launcher/options.mjs';
import { stateDirectory } from './launcher/state.mjs';
import { listenForStop } from './launcher/stop-signals.mjs';

const ESCALATION_POLL_MS = 500;

const say = (text) => process.stdout.write(`${text}\n`);

const actions = {
  'service-down': async (service) => {
    const { pid } = await breakServiceDown(service);
    return `killed ${service.id}: kill -9 ${pid}`;
  },
  'service-hung': async (service) => {
    const { pid } = await breakServiceHung(service);
    return `froze ${service.id}: kill -STOP ${pid}. It accepts connections and answers none (kill -CONT ${pid} would thaw it).`;
  },
  'bad-config': async (service) => {
    const { pid, file, goodFile } = await breakConfig(service);
    return `spoiled ${file}\n  (its port is no number now; the good file is kept as ${goodFile})\nkilled ${service.id}: kill -9 ${pid}

No start can heal this, so it will be escalated to a person. ${GET_BACK}
npm start writes the file anew.`;
  },
};

/** Stays until the incident is escalated, or somebody presses Ctrl-C. */
async function runCrashLoop(service, run) {
  const enough = new AbortController();
  const stop = listenForStop({ log: say, hurry: () => process.exit(EXIT_STOPPED) });
  const signal = AbortSignal.any([enough.signal, stop.signal]);
  const findEscalated = await watchEscalation(run.api_url, service.id);
  let escalated;
  const watch = setInterval(() => {
    void findEscalated().then((incident) => {
      escalated ??= incident;
      if (incident !== undefined) enough.abort();
    });
  }, ESCALATION_POLL_MS);
  const kills = await crashLoop(service, { signal, onKill: (pid) => say(`killed ${service.id}: kill -9 ${pid}`) });
  clearInterval(watch);
  if (escalated === undefined) return say(`\nended after ${kills} kills: from now on ${service.id} may live`);
  return say(
    `\n${service.id} was given up after ${kills} kills: incident ${escalated.incident_id} is escalated` +
      ` (${escalated.reason_code}).\n${GET_BACK}`,
  );
}

/** Before anything is done: what it hears is that nobody is there, and in which state the agent believes the service to be. */
async function assertRunning(service, run) {
  if ((await service.findPid()) !== undefined) return;
  const state = (await findServiceState(run.api_url, service.id))?.state ?? 'unknown';
  throw new LauncherError(
    `${service.id} is not running now (state: ${state}). Wait until it is healed; if it was escalated: ${GET_BACK}`,
  );
}

async function main() {
  checkNode();
  const options = parseBreak(process.argv.slice(2));
  if (options.wantsHelp) return say(HELP);
  const { run, service } = findTarget(stateDirectory(process.env), options.service);
  await assertRunning(service, run);
  if (options.wound === 'crash-loop') {
    say(`${service.id} is killed shortly after each start, until it is escalated; Ctrl-C ends it.\n${await renderWatch(run)}`);
    return runCrashLoop(service, run);
  }
  say(await actions[options.wound](service));
  return say(await renderWatch(run));
}

outliveOutput();
try {
  await main();
  process.exit(0);
} catch (error) {
  const isClear = error instanceof LauncherError || error instanceof NotRunningError;
  process.stderr.write(`${isClear ? error.message : (error.stack ?? String(error))}\n`);
  process.exit(1);
}
