import { incidentsProjection } from '../../src/incidents/incidents.projection.ts';
import { Database } from '../../src/platform/database/database.ts';
import type { Log } from '../../src/platform/log/log.ts';
import { readWhole } from './log-builder.ts';
import { applyToTables } from './table-model.ts';

/**
 * Answers what is asked of the list of incidents as the read model does when it is up to date, and sometimes with more: what
 * may be left out of the answer changes nothing. The questions themselves are tested on PostgreSQL.
 */
export function incidentListDatabase(log: Log): Database {
  const query = async (_text: string, [target, asked]: [string, string | readonly string[]]): Promise<object[]> => {
    const rows = applyToTables(incidentsProjection, await readWhole(log)).get('incidents') ?? [];
    const states = typeof asked === 'string' ? [asked] : ['open', 'escalated'];
    return rows.filter((row) => row['service'] === target && states.includes(String(row['state'])));
  };
  return Object.assign(Object.create(Database.prototype), { query }) as Database;
}
