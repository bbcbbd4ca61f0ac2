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
  /**
   * Of connections as `PROJECTION_POOL` says. They may commit asynchronously: what a crash takes is made again from the log,
   * checkpoint and rows together.
   */
  readonly pool: Pool;
}

/** Moves one generation of a read model along the log. Rows, digest and checkpoint are one transaction. */
export class ProjectionRunner {
  /** Not known at first, and no longer while it isn't sure what became of a page: it may have been written though that failed. */
  #parked: { generation: number; keys: ReadonlySet<string> } | undefined;

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
    const parkedBefore = await this.takeParked(from);
    const projected = projectPage(this.projection, page, (key) => parkedBefore.has(key));
    const digest = RowDigest.of(from.digest);
    const rows = { load: (table: Table, keys: readonly Row[]) => this.load(from, table, keys) };
    const changes = await foldPage(this.projection, projected.operations, { rows, digest });
    return { from, to: { ...from, position: page.last, digest: digest.toBuffer() }, changes, projected, parkedBefore };
  }

  /** To be told what became of a prepared page. */
  settle({ from: { generation }, projected, parkedBefore }: PreparedPage, isMoved: boolean): void {
    if (!isMoved) return;
    const parked = projected.parked.map(({ key }) => key);
    this.#parked = { generation, keys: parked.length === 0 ? parkedBefore : new Set([...parkedBefore, ...parked]) };
  }

  /** As it stands after somebody else moved it. */
  reload({ projection, generation }: Generation): Promise<Generation> {
    return getGeneration(this.parts.pool, projection, generation);
  }

  private async takeParked(at: Generation): Promise<ReadonlySet<string>> {
    const known = this.#parked;
    this.#parked = undefined;
    return known?.generation === at.generation ? known.keys : loadParkedKeys(this.parts.pool, at);
  }

  private async load({ generation }: Generation, table: Table, keys: readonly Row[]): Promise<Row[]> {
    if (keys.length === 0) return [];
    const { rows } = await this.parts.pool.query<Record<string, unknown>>(new TableStatements(table, generation).load(keys));
    return rows.map((row) => toRow(table, row));
  }
}
