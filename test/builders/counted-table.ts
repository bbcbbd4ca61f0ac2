import type { Database } from '../../src/platform/database/database.ts';

interface CountedRow {
  agent_id: string;
  service_id: string;
  stored_at: Date;
  total: number;
  failed: number;
  masked: number;
}

/** Answers the two questions about counted samples; empty until a spec adds some. */
export class CountedTable {
  readonly rows: CountedRow[] = [];

  get database(): Database {
    return { query: (_text: string, values: [string, Date, Date?]) => this.query(...values) } as unknown as Database;
  }

  private async query(serviceId: string, from: Date, to?: Date): Promise<unknown[]> {
    const known = this.rows.filter((row) => row.service_id === serviceId && row.stored_at >= from);
    if (to === undefined) return known.map((row) => ({ ...row, checks: null, checks_failed: null }));
    const before = known.filter(({ stored_at: storedAt }) => storedAt < to);
    return [...new Set(before.map((row) => row.agent_id))].flatMap((agent) => toTraffic(before, agent));
  }
}

function toTraffic(rows: readonly CountedRow[], agent: string): { agent_id: string; requests: number; over_ms: number }[] {
  const [first, ...later] = rows.filter((row) => row.agent_id === agent);
  const last = later.at(-1);
  if (first === undefined || last === undefined) return [];
  return [{ agent_id: agent, requests: last.total - first.total, over_ms: last.stored_at.getTime() - first.stored_at.getTime() }];
}
