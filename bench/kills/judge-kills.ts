import type { LedgerEntry } from './append-ledger.ts';
import type { SeenEvent } from './follow-ledger.ts';

/** What a log that lost nothing has none of. */
export interface StoreFindings {
  /** Acknowledged, and not where it was said to be. */
  missing: number;
  /** Events that are there more than once. */
  doubled: number;
  /** Events that nobody sent. */
  invented: number;
  /** Positions and versions that are left out, or not in order. */
  disordered: number;
}

export interface KillFindings extends StoreFindings {
  /** Positions that the follower didn't see. */
  skipped: number;
  /** Positions that the follower saw before an earlier one, or not as they are stored. */
  inverted: number;
}

export interface StoredRow {
  position: number;
  stream: string;
  version: number;
  id: string;
}

/** Compares what is stored with what the two processes wrote down. */
export function judgeKills(
  rows: readonly StoredRow[],
  sent: readonly LedgerEntry[],
  pages: readonly (readonly SeenEvent[])[],
): KillFindings {
  return { ...judgeStore(rows, sent), ...judgeFollower(pages, mapIds(rows)) };
}

/** Compares what is stored with what was sent and answered. */
export function judgeStore(rows: readonly StoredRow[], sent: readonly LedgerEntry[]): StoreFindings {
  const ids = mapIds(rows);
  const known = new Set(sent.flatMap(({ eventIds }) => eventIds));
  return {
    missing: sent.filter((entry) => !isWhereItWasSaidToBe(entry, ids)).length,
    doubled: rows.length - new Set(rows.map(({ id }) => id)).size,
    invented: rows.filter(({ id }) => !known.has(id)).length,
    disordered: countDisordered(rows),
  };
}

const mapIds = (rows: readonly StoredRow[]): Map<number, string> => new Map(rows.map(({ position, id }) => [position, id]));

/** What was never acknowledged may be there or not. */
function isWhereItWasSaidToBe({ answer, eventIds }: LedgerEntry, ids: ReadonlyMap<number, string>): boolean {
  if (answer === undefined) return true;
  const isWhole = answer.lastPosition - answer.firstPosition + 1 === eventIds.length;
  return isWhole && eventIds.every((id, index) => ids.get(answer.firstPosition + index) === id);
}

function countDisordered(rows: readonly StoredRow[]): number {
  const versions = new Map<string, number>();
  return rows.filter(({ position, stream, version }, index) => {
    const expected = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    return position !== index + 1 || version !== expected;
  }).length;
}

/** It may see a page again after a kill, from its checkpoint on: never one that begins beyond what it has seen. */
function judgeFollower(
  pages: readonly (readonly SeenEvent[])[],
  ids: ReadonlyMap<number, string>,
): Pick<KillFindings, 'skipped' | 'inverted'> {
  let seen = 0;
  let skipped = 0;
  let inverted = 0;
  for (const page of pages) {
    const first = page[0]?.position ?? 1;
    if (first > seen + 1) skipped += first - seen - 1;
    inverted += page.filter(({ position, id }, index) => position !== first + index || ids.get(position) !== id).length;
    seen = Math.max(seen, page.at(-1)?.position ?? 0);
  }
  return { skipped: skipped + Math.max(0, ids.size - seen), inverted };
}
