import type { LogPage } from '#libs/event-store';
import { foldPage } from '../../platform/projections/fold-page.ts';
import { MemoryRows } from '../../platform/projections/memory-rows.ts';
import { projectPage } from '../../platform/projections/project-page.ts';
import type { Projection, Row } from '../../platform/projections/projection.ts';
import { RowDigest } from '../../platform/projections/row-digest.ts';
import type { TableChange } from '../../platform/projections/table-fold.ts';
import type { ReadEvent } from './selection.ts';

/** What an event did to a row: null where there was none before, or is none after. */
export interface Effect {
  readonly table: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** A read model could not handle it; what follows for the same key is left out there, as it is live. */
export interface ReplayProblem {
  readonly read_model: string;
  readonly key: string;
  /** Of the event. */
  readonly position: number;
  readonly reason: string;
}

export interface Outcome {
  readonly effects: readonly Effect[];
  readonly problems: readonly ReplayProblem[];
}

interface Folded {
  readonly projection: Projection;
  readonly types: ReadonlySet<string>;
  readonly digest: RowDigest;
  readonly parked: Set<string>;
}

/** Folds events into all read models, in memory. It can do nothing else: it knows no way to the outside. */
export class Replayer {
  readonly #rows = new MemoryRows();
  readonly #folded: readonly Folded[];

  constructor(projections: readonly Projection[]) {
    this.#folded = projections.map((projection) => ({
      projection,
      types: new Set(projection.types),
      digest: new RowDigest(),
      parked: new Set<string>(),
    }));
  }

  /** Takes events in together, in order: one of them, or many of which only the problems are wanted. */
  async take(events: readonly ReadEvent[], { withEffects }: { withEffects: boolean }): Promise<Outcome> {
    const effects: Effect[] = [];
    const problems: ReplayProblem[] = [];
    for (const folded of this.#folded) {
      const { problems: found, changes } = await this.#fold(folded, { events });
      problems.push(...found);
      for (const change of changes) {
        if (withEffects) effects.push(...this.#describe(change));
        this.#rows.apply(change);
      }
    }
    return { effects, problems };
  }

  /** Of the rows of each read model, hexadecimal. */
  digests(): { read_model: string; version: number; digest: string }[] {
    return this.#folded.map(({ projection: { name, version }, digest }) => ({
      read_model: name,
      version,
      digest: digest.toBuffer().toString('hex'),
    }));
  }

  async #fold(
    { projection, types, digest, parked }: Folded,
    { events }: Pick<LogPage, 'events'>,
  ): Promise<{ problems: ReplayProblem[]; changes: TableChange[] }> {
    const wanted = events.filter(({ type }) => types.has(type));
    const projected = projectPage(projection, { events: wanted }, (key) => parked.has(key));
    for (const { key } of projected.parked) parked.add(key);
    const changes = await foldPage(projection, projected.operations, { rows: this.#rows, digest });
    return {
      problems: projected.parked.map(({ key, position, reason }) => ({ read_model: projection.name, key, position, reason })),
      changes,
    };
  }

  #describe({ table, inserted, changed, deleted }: TableChange): Effect[] {
    const before = (row: Row): Row | null => this.#rows.find(table, row) ?? null;
    return [
      ...deleted.map((row) => ({ table: table.name, before: before(row), after: null })),
      ...changed.map((row) => ({ table: table.name, before: before(row), after: row })),
      ...inserted.map((row) => ({ table: table.name, before: null, after: row })),
    ];
  }
}
