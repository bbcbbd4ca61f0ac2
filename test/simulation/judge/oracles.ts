import { applyToTables } from '../../builders/table-model.ts';
import { FOLDED_READ_MODELS } from '../tables/read-side.ts';
import type { World } from '../world.ts';
import { breach } from './breach.ts';
import { judgeObjections, judgeStops } from './objections.ts';

/** What a log alone doesn't tell, and a world that is known whole does. */
export function judgeWorld(world: World): string[] {
  return [...ORACLES.flatMap((judge) => judge(world)), ...world.breaches, ...world.crashes];
}

/** `stale-fence`: of two effects on a target the later one has the higher fence. */
function judgeFences({ effects }: World): string[] {
  const highest = new Map<string, number>();
  return effects.flatMap(({ target, fencePosition, commandId }) => {
    const last = highest.get(target) ?? 0;
    highest.set(target, Math.max(last, fencePosition));
    return fencePosition > last
      ? []
      : [breach('stale-fence', `${commandId} acted on ${target} with ${fencePosition} after ${last}`)];
  });
}

/** `read-model-differs`: what was kept up event by event is what the whole log gives. */
function judgeReadModels({ readSide, database }: World): string[] {
  const events = database.index.events.slice(0, readSide.position);
  return FOLDED_READ_MODELS.flatMap((projection) =>
    [...applyToTables(projection, events)].flatMap(([table, rows]) => {
      if (table === 'incident_counts') return [];
      const strip = (row: object): string => JSON.stringify({ ...row, from_pos: undefined });
      const [whole, live] = [rows, readSide.rows(table)].map((all) => all.map(strip).toSorted().join('\n'));
      return whole === live ? [] : [breach('read-model-differs', table)];
    }),
  );
}

/** `left-alone`: what a restart would help is broken, and neither is a person told nor does a guard speak against it. */
function judgeServices({ services, readSide }: World): string[] {
  // A check in between is no other word.
  const answers = readSide.rows('decisions').filter(({ verdict }) => verdict !== 'confirm');
  const lastVerdicts = new Map(answers.map(({ incident_id: id, verdict }) => [id, verdict]));
  const isSeenTo = (serviceId: string): boolean =>
    readSide.rows('incidents').some(({ service, state, incident_id: id }) => {
      if (service !== serviceId) return false;
      return state === 'escalated' || (state === 'open' && OBJECTIONS.has(lastVerdicts.get(id)));
    });
  return services
    .filter(({ fault, isUp, needs, id }) => {
      const isForUs = fault?.kind === 'until-restart' && !isUp && needs.every((one) => one.isUp);
      return isForUs && !isSeenTo(id);
    })
    .map(({ id }) => breach('left-alone', `${id} is broken, and nobody sees to it`));
}

/** `outcome-unheard`: what became of a fix has reached its incident. */
function judgeIncidents({ readSide }: World): string[] {
  if (readSide.rows('fix_timers').length > 0) return [];
  return readSide
    .rows('incidents')
    .filter(({ state }) => state === 'healing')
    .map(({ incident_id: id }) => breach('outcome-unheard', `${String(id)} is still healing, and no fix is under way`));
}

/** `given-up`: every message is one that can be handled, and nothing that handles one goes wrong by itself. */
function judgeBuried({ database }: World): string[] {
  return database.index.events.flatMap(({ type, position, data }) => {
    const isGivenUp = type === 'MessageDeadLettered' || data['reason_code'] === 'handler-crashed';
    return isGivenUp ? [breach('given-up', `${type} at ${position}: ${JSON.stringify(data['reason_code'])}`)] : [];
  });
}

const OBJECTIONS: ReadonlySet<unknown> = new Set(['deny', 'defer']);

const ORACLES = [judgeFences, judgeReadModels, judgeServices, judgeIncidents, judgeBuried, judgeStops, judgeObjections] as const;
