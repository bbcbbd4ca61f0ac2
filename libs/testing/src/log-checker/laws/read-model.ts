import type { CheckFrame, ReadModels, TableRow } from '../evidence.ts';
import { type Law, type LogEvent, violation } from '../law.ts';

/** A read model as this checker understands it: its own fold of the log, told in the same rows. */
export interface ReadModelFold {
  readonly name: keyof ReadModels;
  /** Identity of a row. */
  keyOf(row: TableRow): string;
  apply(rows: Map<string, TableRow>, event: LogEvent): void;
  /** Who keeps it up, where it has no reader of its own. */
  readonly reader?: string;
  /** The rows that it shows of those that were kept up, where they are others. */
  tell?(rows: ReadonlyMap<string, TableRow>): ReadonlyMap<string, TableRow>;
  /** What is compared; each column as text. */
  readonly columns: readonly string[];
}

/** The name of the one who keeps a read model up, among the readers of the log. */
export const readModelReader = (name: string): string => `read-model:${name}`;

export const readerOf = ({ name, reader }: ReadModelFold): string => readModelReader(reader ?? name);

/** `read-model-differs`: the rows of a projection are what the log gives up to its checkpoint. */
export function createReadModelLaw(fold: ReadModelFold, { checkpoints, readModels }: CheckFrame): Law {
  const through = checkpoints.get(readerOf(fold)) ?? 0;
  const kept = new Map<string, TableRow>();
  return {
    observe(event) {
      if (event.position <= through) fold.apply(kept, event);
      return [];
    },
    finish() {
      const told = readModels[fold.name];
      if (told === undefined) return [];
      const expected = fold.tell?.(kept) ?? kept;
      const actual = new Map(told.map((row) => [fold.keyOf(row), row]));
      const keys = new Set([...expected.keys(), ...actual.keys()]);
      return [...keys].flatMap((key) => {
        const difference = compare(fold, expected.get(key), actual.get(key));
        if (difference === undefined) return [];
        return [violation('read-model-differs', `${fold.name}, ${key}: ${difference}`, { ids: [fold.name, key] })];
      });
    },
  };
}

function compare(fold: ReadModelFold, expected: TableRow | undefined, actual: TableRow | undefined): string | undefined {
  if (expected === undefined) return 'the row stands for nothing in the log';
  if (actual === undefined) return 'the row is missing';
  const column = fold.columns.find((name) => asText(expected[name]) !== asText(actual[name]));
  return column && `${column} is ${asText(actual[column])}, and the log says ${asText(expected[column])}`;
}

/** Large numbers come from the database as text, and points in time as dates. */
function asText(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return cell instanceof Date ? cell.toISOString() : JSON.stringify(cell ?? null);
}
