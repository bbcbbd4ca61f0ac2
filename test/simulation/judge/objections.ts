import { ControlSwitch } from '../../../src/healing/control/control-switch.service.ts';
import type { SimService } from '../services.ts';
import type { World } from '../world.ts';
import { breach } from './breach.ts';

/** What holds for minutes, whatever becomes of a world: limits, returns, and what only a person could change. */
const LASTING: ReadonlySet<string> = new Set([
  'too-many-actions-in-an-hour',
  'fault-keeps-returning',
  'many-targets-fail-alike',
  'too-many-targets-touched',
  'budget-is-spent',
]);
const OF_DEPENDENCIES: ReadonlySet<string> = new Set([
  'dependency-is-down',
  'dependency-state-unknown',
  'dependency-has-just-recovered',
]);

/** `still-stopped`: whoever stopped something has long let it go on, and everybody knows. */
export function judgeStops({ orchestrators, database }: World): string[] {
  const stopped = new Map<unknown, boolean>();
  for (const { type, data } of database.index.events)
    if (type === 'HealingStopped' || type === 'HealingResumed') stopped.set(data['scope'], type === 'HealingStopped');
  const inLog = [...stopped].flatMap(([scope, isStopped]) => (isStopped ? [breach('still-stopped', String(scope))] : []));
  const known = orchestrators.flatMap(({ process, container }) =>
    [...container.get(ControlSwitch).current.state].map((scope) =>
      breach('still-stopped', `${scope}, as ${process.name} knows it`),
    ),
  );
  return [...inLog, ...known];
}

/** The fault that was reported last of each service: nobody says any more of an earlier one how it is. */
function findLastFaults({ database }: World): Map<unknown, unknown> {
  const reports = database.index.events.filter(({ type }) => type === 'ErrorReported');
  return new Map(reports.map(({ data }) => [data['target'], data['fingerprint']]));
}

interface Objection {
  readonly incidentId: unknown;
  readonly service: SimService;
  readonly fingerprint: unknown;
  readonly verdict: 'deny' | 'defer';
  readonly reason: string;
}

/** Open incidents of which the last word is an objection. */
function listObjections({ readSide, services }: World): Objection[] {
  const last = new Map<unknown, Readonly<Record<string, unknown>>>();
  // A check in between is no other word.
  for (const row of readSide.rows('decisions')) if (row['verdict'] !== 'confirm') last.set(row['incident_id'], row);
  return readSide.rows('incidents').flatMap(({ incident_id: incidentId, state, service: name, fingerprint }) => {
    const { verdict, reason_code: code } = last.get(incidentId) ?? {};
    const [guard = '', reason = guard] = String(code).split(':');
    const service = services.find(({ id }) => id === name);
    const isObjectedTo = state === 'open' && (verdict === 'deny' || verdict === 'defer');
    return isObjectedTo && service !== undefined ? [{ incidentId, service, fingerprint, verdict, reason }] : [];
  });
}

/** Lifted when a target has had its rest, or what was seen of it is so old that it is looked at. */
const LIFTED_SOON: ReadonlySet<string> = new Set(['target-cools-down', 'dependency-has-just-recovered']);

/** Something is done in a moment. */
export const isAnyLiftedSoon = (world: World): boolean =>
  listObjections(world).some(({ service, reason }) => !service.isUp && LIFTED_SOON.has(reason));

/** `still-objected`: the last word about a fault is an objection of which the cause is over, whether or not it is reported again. */
export function judgeObjections(world: World): string[] {
  const faults = findLastFaults(world);
  return listObjections(world)
    .filter(({ service, fingerprint }) => faults.get(service.id) === fingerprint)
    .filter(({ service, reason }) => isOver(service, reason))
    .map(({ incidentId, reason }) => breach('still-objected', `${String(incidentId)}, as ${reason}`));
}

const isOver = ({ needs }: SimService, reason: string): boolean =>
  OF_DEPENDENCIES.has(reason) ? needs.every(({ isUp }) => isUp) : !LASTING.has(reason);
