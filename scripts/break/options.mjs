import { parseArgs } from 'node:util';
import { LauncherError } from '../launcher/options.mjs';

export const WOUNDS = {
  'service-down': 'kills the service (kill -9)',
  'service-hung': 'freezes it (SIGSTOP): it accepts connections and never answers',
  'crash-loop': 'kills it again shortly after each start, until it is escalated or Ctrl-C',
  'bad-config': 'spoils its configuration file and kills it; the good file is kept beside it',
};

const width = Math.max(...Object.keys(WOUNDS).map((name) => name.length));
const listWounds = () =>
  Object.entries(WOUNDS)
    .map(([name, what]) => `  ${name.padEnd(width)}   ${what}`)
    .join('\n');

export const HELP = `npm run break -- WOUND --service NAME

Really breaks a service of the example that npm start runs, and says how to watch what becomes of it.

${listWounds()}

Examples:
  npm run break -- service-down --service rag
  npm run break -- service-hung --service gateway
  npm run break -- crash-loop --service memory
  npm run break -- bad-config --service rag

ZANTARA_STATE_DIR names the state of the start that is meant, as for npm start.`;

/** @throws LauncherError */
export function parseBreak(args) {
  const { values, positionals } = parse(args);
  if (values.help === true) return { wantsHelp: true };
  const [wound, ...others] = positionals;
  if (wound === undefined) throw new LauncherError(`say what to break it with:\n${listWounds()}`);
  if (!Object.hasOwn(WOUNDS, wound)) throw new LauncherError(`there is no wound ${wound}. There are:\n${listWounds()}`);
  if (others.length > 0) throw new LauncherError(`one wound at a time: ${others.join(' ')} is too much`);
  return { wantsHelp: false, wound, service: values.service };
}

function parse(args) {
  try {
    const options = { service: { type: 'string' }, help: { type: 'boolean', short: 'h' } };
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new LauncherError(`${error.message}\nnpm run break -- --help lists what there is.`);
  }
}
