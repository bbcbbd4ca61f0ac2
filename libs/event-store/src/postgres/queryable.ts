import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** A pool, or a client that is inside a transaction. */
export interface Queryable {
  query<Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]): Promise<QueryResult<Row>>;
}
