import type { JsonObject } from '#libs/contracts';
import { readObjects, readText } from '../fields.ts';

/**
 * Every guard that has to be asked before a first attempt, in the order of asking. Written out here and not taken from the
 * orchestrator: one that it forgets is missed.
 */
export const FIRST_ATTEMPT_GUARDS: readonly string[] = [
  'kill-switch',
  'never-touch',
  'freeze',
  'exactly-one-owned-target',
  'evidence-ceiling',
  'fresh-evidence',
  'symptom-persists',
  'target-is-failing',
  'read-models-current',
  'correlated-storm',
  'last-healthy-replica',
  'dependency-is-up',
  'one-live-fix-per-target',
  'cool-down',
  'action-rate',
  'futility',
  'fleet-concurrency',
  'blast-radius',
  'budget',
  'autonomy',
  'approval',
];

/** A further attempt of the same fix has its slot already, and its own failed probe for evidence. */
export const FURTHER_ATTEMPT_GUARDS: readonly string[] = [
  'kill-switch',
  'never-touch',
  'freeze',
  'exactly-one-owned-target',
  'correlated-storm',
  'last-healthy-replica',
  'dependency-is-up',
  'action-rate',
  'blast-radius',
  'budget',
  'autonomy',
  'approval',
];

/** What persons have allowed was asked about before; their word takes the place of the evidence. */
export const APPROVED_ACTION_GUARDS: readonly string[] = FIRST_ATTEMPT_GUARDS.filter(
  (name) => !['evidence-ceiling', 'fresh-evidence', 'symptom-persists', 'target-is-failing', 'futility'].includes(name),
);

/** Going back needs less than going on did. */
export const UNDO_GUARDS: readonly string[] = ['kill-switch', 'never-touch', 'exactly-one-owned-target'];

/**
 * Silence is no permission, of one guard as of all. Guards that aren't required have to allow it as well; only the one that asks
 * persons may leave it to them, where they were asked.
 */
export function objectionIn(data: JsonObject, required: readonly string[], leftToPersons = false): string | undefined {
  const words = readObjects(data, 'guards');
  const objecting = words.find((word) => readText(word, 'verdict') !== 'allow' && !(leftToPersons && isLeftToPersons(word)));
  if (objecting !== undefined) return `guard ${readText(objecting, 'guard')} did not allow it`;
  const names = words.map((word) => readText(word, 'guard'));
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) return `guard ${missing} was not asked`;
  const order = names.filter((name) => required.includes(name));
  return order.join() === required.join() ? undefined : `the guards were asked in the order ${order.join(', ')}`;
}

const isLeftToPersons = (word: JsonObject): boolean =>
  readText(word, 'guard') === 'approval' && readText(word, 'verdict') === 'defer';
