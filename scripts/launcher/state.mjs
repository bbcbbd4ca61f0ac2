import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { root } from '../bootstrap.mjs';

/** Where everything that outlives a start is kept. */
export const stateDirectory = (env) => {
  const given = env.ZANTARA_STATE_DIR || '.zantara';
  return isAbsolute(given) ? given : join(root, given);
};

/** What isn't state: the server's binary, the locks of whoever installs or builds right now, and the container set-up. */
const KEPT = /^(nats-bin|install\.lock|build\.lock|build-\d+|run\.lock|containers)$/;

/** Forgets everything. Only for a state from which nothing runs. */
export function clearState(stateDir) {
  if (!existsSync(stateDir)) return;
  for (const name of readdirSync(stateDir)) {
    if (!KEPT.test(name)) rmSync(join(stateDir, name), { recursive: true, force: true });
  }
}

/** 0755, as PostgreSQL, which runs as a user of its own when we are root, must get through. */
export const makeState = (stateDir) => mkdirSync(stateDir, { recursive: true, mode: 0o755 });
