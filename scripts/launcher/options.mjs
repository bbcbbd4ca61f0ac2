import { parseArgs } from 'node:util';

export const HELP = `npm start -- [--fresh] [--no-example]

Starts PostgreSQL, nats-server, the orchestrator and a small example that it heals, all on this machine.

  --fresh        forget everything first: the log, the keys, the example's data
  --no-example   only the servers and the orchestrator
  --help         this text

Environment:
  PORT, HOST            where the orchestrator listens (3000, or the next free one; 127.0.0.1)
  DATABASE_URL          use this PostgreSQL (16 or newer) instead of starting one
  MIGRATION_DATABASE_URL   the owner's URL on it, for the migrations
  NATS_URL              use this nats-server (2.10 or newer, JetStream) instead of starting one
  NATS_NKEY_SEED_FILE   the orchestrator's credential on it
  ANONYMOUS_ROLE        what somebody without an API key may do: none, viewer or analyst (analyst, or none beyond this machine)
  ADMIN_KEY_FILE        the first admin key (keys/admin.key in the state folder)
  ZANTARA_STATE_DIR     where state is kept (.zantara)

Ctrl-C stops everything in order, a second one at once. The state stays and is used again by the next start.`;

/** What went wrong is clear from the message: shown without a stack. */
export class LauncherError extends Error {}

/** @throws LauncherError */
export function parseOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: { fresh: { type: 'boolean' }, 'no-example': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { isFresh: values.fresh === true, withExample: values['no-example'] !== true, wantsHelp: values.help === true };
  } catch (error) {
    throw new LauncherError(`${error.message}\nnpm start -- --help lists what there is.`);
  }
}
