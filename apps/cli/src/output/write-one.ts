import { toSafeJson } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import type { Column } from './column.ts';
import type { OutputFormat } from './formats.ts';
import { writeItems } from './write-items.ts';

interface OneOutput<T> {
  format: OutputFormat;
  columns: readonly Column<T>[];
  /** To a person. */
  say: () => void;
}

/** What a command has done: in words, or for programs. */
export function writeOne<T>(terminal: Terminal, done: T, { format, columns, say }: OneOutput<T>): void {
  if (format === 'table') return say();
  if (format === 'json') return terminal.out(toSafeJson(done, 2));
  writeItems(terminal, [done], { format, columns });
}
