import type { Pool } from 'pg';
import type { EventStore, LogPage } from '#libs/event-store';
import { foldPage } from './fold-page.ts';
import { type Generation, getGeneration, loadParkedKeys } from './generation.ts';
import { commitPages, type PreparedPage } from './prepared-page.ts';
import { projectPage } from './project-page.ts';
import type { Projection, Row, Table } from './projection.ts';
import { RowDigest } from './row-digest.ts';
import { TableStatements, toRow } from './table-statements.ts';

export interface RunnerParts {
  readonly store: Pick<EventStore, 'readPage'>;
  /** Its connections may commit asynchronously: what a crash takes is made again from the log, checkpoint and rows together. */
  readonly pool: Pool;
}

/** Moves one generation of a read model along the log. Rows, digest and checkpoint are one transaction. */
export class ProjectionRunner {
  #parked: { generation: number; keys: Set<string> } | undefined;

  constructor(
    readonly projection: Projection,
    private readonly parts: RunnerParts,
  ) {}

  read(after: number, limit: number): Promise<LogPage> {
    return this.parts.store.readPage({ after, limit, types: this.projection.types });
  }

  /** @returns where it stands now; `undefined` when somebody else moved it, so that it must be loaded again */
  async take(from: Generation, page: LogPage): Promise<Generation | undefined> {
    const prepared = await this.prepare(from, page);
    const isMoved = await commitPages(this.parts.pool, [prepared]);
    this.settle(prepared, isMoved);
    return isMoved ? prepared.to : undefined;
  }

  /** What the page means, from the rows as they are now. Were one changed until it is written, the checkpoint would have moved too. */
  async prepare(from: Generation, page: LogPage): Promise<PreparedPage> {
    const parkedKeys = await this.findParked(from);
    const projected = projectPage(this.projection, page, (key) => parkedKeys.has(key));
    const digest = RowDigest.of(from.digest);
    const rows = { load: (table: Table, keys: readonly Row[]) => this.load(from, table, keys) };
    const changes = await foldPage(this.projection, projected.operations, { rows, digest });
    return { from, to: { ...from, position: page.last, digest: digest.toBuffer() }, changes, projected };
  }

  /** To be told what became of a prepared page. */
  settle({ projected }: PreparedPage, isMoved: boolean): void {
    if (!isMoved) this.#parked = undefined;
    else for (const { key } of projected.parked) this.#parked?.keys.add(key);
  }

  /** As it stands after somebody else moved it. */
  reload({ projection, generation }: Generation): Promise<Generation> {
    return getGeneration(this.parts.pool, projection, generation);
  }

  private async findParked(at: Generation): Promise<Set<string>> {
    if (this.#parked?.generation !== at.generation)
      this.#parked = { generation: at.generation, keys: await loadParkedKeys(this.parts.pool, at) };
    return this.#parked.keys;
  }

  private async load({ generation }: Generation, table: Table, keys: readonly Row[]): Promise<Row[]> {
    if (keys.length === 0) return [];
    const { rows } = await this.parts.pool.query<Record<string, unknown>>(new TableStatements(table, generation).load(keys));
    return rows.map((row) => toRow(table, row));
  }
}
