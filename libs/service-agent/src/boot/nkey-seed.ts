import { readFileSync } from 'node:fs';
import { fromSeed } from '@nats-io/nkeys';
import { describeError } from '../runtime/agent-log.ts';
import { AgentConfigError } from '../service-agent.errors.ts';

/**
 * The agent's credential. Its form is checked here, as NATS only ever says that it doesn't know it.
 *
 * @throws AgentConfigError, which never tells the seed
 */
export function readNkeySeed(path: string): string {
  const seed = readText(path).trim();
  if (!isUserSeed(seed)) throw problem('is not the nkey seed of a user, one line that begins with SU');
  return seed;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw problem(describeError(error));
  }
}

/** With its check sum, so that a letter that was mistyped or lost is noticed. */
function isUserSeed(seed: string): boolean {
  try {
    return seed.startsWith('SU') && fromSeed(new TextEncoder().encode(seed)).getPublicKey().startsWith('U');
  } catch {
    return false;
  }
}

const problem = (message: string): AgentConfigError => new AgentConfigError([{ path: 'nkey_seed_file', message }]);
