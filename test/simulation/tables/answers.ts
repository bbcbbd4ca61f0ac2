import type { Cell, Row } from '../../../src/platform/projections/projection.ts';
import type { ReadSide } from './read-side.ts';

type Answer = (side: ReadSide, values: readonly unknown[]) => object[];

const text = (cell: Cell | undefined): string => String(cell ?? '');
const ids = (rows: readonly Row[]): object[] => rows.map(({ incident_id }) => ({ incident_id }));

const isLatest = (all: readonly Row[], { service, fingerprint, episode }: Row): boolean =>
  !all.some(
    (later) => later['service'] === service && later['fingerprint'] === fingerprint && Number(later['episode']) > Number(episode),
  );

const dueTimers: Answer = (side, [dueBy, limit]) => {
  const due = side.rows('fix_timers').filter((row) => Date.parse(text(row['due_at'])) <= (dueBy as Date).getTime());
  return due.toSorted((a, b) => text(a['due_at']).localeCompare(text(b['due_at']))).slice(0, Number(limit));
};

const deferred: Answer = (side, [after, limit, passing]) => {
  const last = new Map<string, Row>();
  for (const row of side.rows('decisions')) if (row['verdict'] !== 'confirm') last.set(text(row['incident_id']), row);
  const isToBeAskedAgain = ({ verdict, reason_code: code }: Row): boolean =>
    verdict === 'defer' || (verdict === 'deny' && (passing as string[]).includes(text(code).split(':')[1] ?? ''));
  const open = side
    .rows('incidents')
    .filter(({ state, incident_id: id }) => state === 'open' && isToBeAskedAgain(last.get(text(id)) ?? {}));
  return open
    .filter(({ incident_id: id }) => text(id) > String(after))
    .toSorted((a, b) => text(a['incident_id']).localeCompare(text(b['incident_id'])))
    .slice(0, Number(limit))
    .map(({ incident_id }) => ({ incident_id, position: last.get(text(incident_id))?.['position'] }));
};

const mitigable: Answer = (side, [service, symptoms]) => {
  const all = side.rows('incidents');
  const isAsked = (row: Row): boolean => row['service'] === service && (symptoms as string[]).includes(text(row['symptom']));
  return ids(
    all.filter((row) => isAsked(row) && (row['state'] === 'open' || (row['state'] === 'escalated' && isLatest(all, row)))),
  );
};

const latest: Answer = (side, [service, state]) => {
  const all = side.rows('incidents');
  return ids(all.filter((row) => row['service'] === service && row['state'] === state && isLatest(all, row)));
};

const ended: Answer = (side, [asked]) => {
  const all = side.rows('incidents');
  const wanted = all.filter(({ incident_id: id }) => (asked as string[]).includes(text(id)));
  return ids(wanted.filter((row) => row['state'] === 'resolved' || !isLatest(all, row)));
};

const failing: Answer = (side, [services]) => {
  const all = side.rows('incidents');
  const isAsked = (row: Row): boolean => (services as string[]).includes(text(row['service'])) && row['state'] !== 'resolved';
  return [...new Set(all.filter((row) => isAsked(row) && isLatest(all, row)).map(({ service }) => service))].map((service) => ({
    service,
  }));
};

const overEscalations: Answer = (side) => {
  const all = side.rows('incidents');
  const isOver = (id: string): boolean => {
    const incident = side.find('incidents', id);
    return incident !== undefined && (incident['state'] === 'resolved' || !isLatest(all, incident));
  };
  const members = side.rows('escalation_incidents');
  return side
    .rows('escalations')
    .filter(
      ({ state, escalation_id: id }) =>
        state === 'open' && members.every((row) => row['escalation_id'] !== id || isOver(text(row['incident_id']))),
    )
    .map(({ root }) => ({ root }));
};

/** What nobody counted: agents of a simulated world send no samples. */
const nothing: Answer = () => [];

/** The questions that the product asks its database, by what is only in them. They are tested on PostgreSQL; this says the same of rows in memory. */
const ANSWERS: readonly (readonly [string, Answer])[] = [
  ['FROM fix_timers WHERE due_at', dueTimers],
  ["decided.verdict = 'defer'", deferred],
  ['symptom = ANY($2)', mitigable],
  ['WHERE service = $1 AND state = $2', latest],
  ['incident_id = ANY($1)', ended],
  ['SELECT DISTINCT service FROM incidents', failing],
  ['SELECT root FROM escalations AS listed', overEscalations],
  ['metric_samples', nothing],
  ['wilson_bound', nothing],
];

/** @throws Error for a question that nobody has answered here yet */
export function answer(side: ReadSide, question: string, values: readonly unknown[]): object[] {
  const known = ANSWERS.find(([sign]) => question.includes(sign));
  if (known === undefined) throw new TypeError(`nobody answers here: ${question}`);
  return known[1](side, values);
}
