import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readObjects, readText, readTexts } from '../fields.ts';
import { LOOKED_WITHIN_MS } from './tolerances.ts';
import type { StateHistory } from './state-history.ts';

/** Everything that a command is judged by, whatever it is for. */
export interface AskedCommand {
  readonly command: JsonObject;
  /** When it was stored. */
  readonly atMs: number;
  /** What was looked at, as stored with the words of the guards; empty where nothing is. */
  readonly looks: Looks;
  readonly states: StateHistory;
}

/** The few of the stored inputs that nothing else in the log tells. */
export interface Looks {
  readonly nowMs: number;
  readonly lagMs: number;
  /** Services that were found up, by the word of their agents and by an own probe. */
  readonly foundUp: readonly string[];
}

export const readLooks = (inputs: JsonObject): Looks => ({
  nowMs: readNumber(inputs, 'now_ms'),
  lagMs: readNumber(inputs, 'read_model_lag_ms'),
  foundUp: readObjects(inputs, 'dependencies')
    .filter(isUp)
    .map((look) => readText(look, 'id')),
});

/** A dependency is up when its agent says so and our own probe did. */
const isUp = (look: JsonObject): boolean => readText(look, 'state') === 'healthy' && readObject(look, 'probe')['ok'] === true;

/** Why a command must not have gone out while the catalogue said this of its target; `undefined` when it may. */
export function replayGuards(service: JsonObject, { command, atMs, looks, states }: AskedCommand): string | undefined {
  const owner = readText(service, 'owner_agent');
  if (owner !== readText(command, 'agent_id')) return `${owner} owns its target`;
  if (service['single_replica'] !== true) return 'nobody knows that another replica is healthy';
  const dependsOn = readTexts(service, 'depends_on');
  const needed = dependsOn.find((id) => !looks.foundUp.includes(id));
  if (needed !== undefined) return `${needed}, which its target needs, was not found to be up`;
  // Whoever looked may have looked long before the command was stored.
  const sinceMs = Math.min(looks.nowMs, atMs) - LOOKED_WITHIN_MS;
  const claimed = dependsOn.find((id) => !states.wasHealthyAfter(id, sinceMs));
  return claimed === undefined ? undefined : `${claimed}, which its target needs, was not called healthy by its agent`;
}
