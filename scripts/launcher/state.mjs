import { mkdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { root } from '../bootstrap.mjs';

/** Where everything that outlives a start is kept. */
export const stateDirectory = (env) => {
  const given = env.ZANTARA_STATE_DIR || '.zantara';
  return isAbsolute(given) ? given : join(root, given);
};

/** What a start writes. Whatever else lies there is kept: the folder that was named may be anybody's. */
const OURS = ['postgres', 'nats', 'keys', 'logs', 'example', 'anchors', 'run.json'];

/** Forgets everything. Only for a state from which nothing runs. */
export function clearState(stateDir) {
  for (const name of OURS) rmSync(join(stateDir, name), { recursive: true, force: true });
}

/** 0755, as PostgreSQL, which runs as a user of its own when we are root, must get through. */
export const makeState = (stateDir) => mkdirSync(stateDir, { recursive: true, mode: 0o755 });
