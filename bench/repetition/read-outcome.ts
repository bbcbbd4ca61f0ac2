import type { LogWatch } from '../installation/log-watch.ts';

/**
 * What has to come of a history however often, late and out of order it is told: read models without positions, times, and ids that
 * are made on the way. How often a decision was put off, and what was said of a service in between, follows from the order.
 */
const QUESTIONS = {
  errors: 'SELECT report_id, agent_id, service, source, error_type, severity, fingerprint, message FROM errors',
  patterns: 'SELECT pattern_id, service, error_type, pattern, count FROM error_pattern_services',
  incidents: `SELECT service, episode, fingerprint, error_type, symptom, severity, state, count, strategy, reason_code FROM incidents`,
  'incident counts': 'SELECT service, state, count FROM incident_counts WHERE count > 0',
  commands: `SELECT payload::jsonb->>'target' AS service, payload::jsonb->>'strategy' AS strategy, count(*) FROM events
    WHERE type = 'FixCommanded' GROUP BY 1, 2`,
  fixes:
    'SELECT service, agent_id, strategy, fingerprint, state, attempts, verdict, revoked_at IS NOT NULL AS revoked FROM fixes',
  'fix success': 'SELECT * FROM fix_success',
  services: 'SELECT service_id, state FROM services',
  agents: 'SELECT agent_id, state, reports, results FROM agents',
  escalations: 'SELECT root, kind, service, state, incidents FROM escalations',
  'dead letters': 'SELECT * FROM dead_letters',
} as const;

export type Outcome = Readonly<Record<string, readonly string[]>>;

/** The answers as lines, in an order of their own. */
export async function readOutcome(log: LogWatch): Promise<Outcome> {
  const outcome: Record<string, string[]> = {};
  for (const [name, sql] of Object.entries(QUESTIONS)) {
    outcome[name] = (await log.query(sql)).map((row) => JSON.stringify(row)).toSorted();
  }
  return outcome;
}

/** Lines that one of two outcomes has and the other one lacks, by what they are about. */
export function compareOutcomes(clean: Outcome, repeated: Outcome): Record<string, string[]> {
  const names = [...new Set([...Object.keys(clean), ...Object.keys(repeated)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      [...without(clean[name], repeated[name], 'only when clean'), ...without(repeated[name], clean[name], 'only when repeated')],
    ]),
  );
}

function without(lines: readonly string[] = [], others: readonly string[] = [], where: string): string[] {
  const left = [...others];
  return lines.flatMap((line) => {
    const at = left.indexOf(line);
    if (at === -1) return [`${where}: ${line}`];
    left.splice(at, 1);
    return [];
  });
}
