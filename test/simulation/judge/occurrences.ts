import type { StoredEvent } from '#libs/event-store';
import type { World } from '../world.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What an event is an instance of, beside its type: a law that is about it has something to judge. */
function* namesOf({ type, data }: StoredEvent): Iterable<string> {
  yield type;
  const { attempt, episode } = data;
  const [reason, phase, verdict] = ['reason_code', 'phase', 'verdict'].map((name) => textOf(data[name]));
  if (type === 'ResultReported') yield phase === 'refused' ? `refused: ${reason}` : `result: ${phase}`;
  if (type === 'FixCommanded' && Number(attempt) > 1) yield 'another attempt';
  if (type === 'IncidentOpened' && Number(episode) > 1) yield 'another episode';
  if (type === 'DecisionMade') yield `${verdict}: ${reason}`;
  if (type === 'ServiceStateChanged') yield `said: ${reason}`;
  if (type === 'UndoBegun') yield `undo: ${reason}`;
}

/** All that happened in a world at least once. */
export const listOccurrences = ({ database }: World): string[] => [
  ...new Set(database.index.events.flatMap((event) => [...namesOf(event)])),
];

/** What some laws are about and most worlds don't have: where it didn't happen nothing was judged. */
export const RARE = [
  'StormDetected',
  'StormEnded',
  'FreezeBegun',
  'ApprovalGranted',
  'ApprovalRejected',
  'FixWithdrawn',
  'OutcomeUnknown',
  'VerdictRevoked',
  'FixUndone',
  'undo: wanted-by-a-person',
  'undo: verification-recurred',
  'another attempt',
  'another episode',
  'result: outcome_unknown',
  'refused: expired',
  'refused: control-stopped',
  'confirm: not-confirmed-yet',
  'said: failed-meanwhile',
  'defer: target-is-failing:dependency-has-just-recovered',
  'deny: kill-switch:healing-is-stopped',
  'deny: dependency-is-up:dependency-is-down',
  'defer: freeze:frozen',
  'defer: read-models-current:read-models-are-behind',
  'defer: correlated-storm:many-targets-fail-alike',
  'defer: one-live-fix-per-target:another-fix-is-live',
  'defer: cool-down:target-cools-down',
  'defer: blast-radius:too-many-targets-touched',
] as const;

/** In how many of the worlds. */
export const countWorlds = (worlds: readonly { readonly occurred: readonly string[] }[], name: string): number =>
  worlds.filter(({ occurred }) => occurred.includes(name)).length;
