import { plain, shorten } from '#libs/contracts';
import type { Style } from './style.ts';

type Cells = Readonly<Record<string, unknown>>;

/** An event of a replay, as the log tool tells it. */
export interface Replayed {
  readonly kind: 'event';
  readonly position: string;
  readonly stream: string;
  readonly type: string;
  readonly recorded_at: string;
  readonly unreadable?: string;
  readonly effects?: readonly { table: string; before: Cells | null; after: Cells | null }[];
  readonly problems?: readonly { read_model: string; key: string; reason: string }[];
}

const MAX_VALUE = 80;

/** One event, and below it what it did to the read models. */
export function renderReplayed(event: Replayed, style: Style): string {
  const head = `${event.position.padStart(8)}  ${event.recorded_at.slice(0, 23).replace('T', ' ')}  ${style.bold(plain(event.type))}  ${style.dim(plain(event.stream))}`;
  return [head, ...renderEffects(event, style), ...renderProblems(event, style)].join('\n');
}

const renderEffects = ({ effects = [] }: Replayed, style: Style): string[] =>
  effects.flatMap(({ table, before, after }) => {
    const what = computeWhat(before, after);
    return [`          ${style.dim(what.sign)} ${plain(table)}`, ...what.lines.map((line) => `              ${plain(line)}`)];
  });

function computeWhat(before: Cells | null, after: Cells | null): { sign: string; lines: string[] } {
  if (before === null) return { sign: '+', lines: describe(after ?? {}) };
  if (after === null) return { sign: '-', lines: describe(before) };
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  return { sign: '~', lines: changed.map((name) => `${name}: ${show(before[name])} → ${show(after[name])}`) };
}

const describe = (row: Cells): string[] =>
  Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${show(value)}`);

const show = (value: unknown): string =>
  value === null || value === undefined ? '–' : shorten(typeof value === 'string' ? value : JSON.stringify(value), MAX_VALUE);

function renderProblems({ unreadable, problems = [] }: Replayed, style: Style): string[] {
  const lines = problems.map(({ read_model: model, key, reason }) => `${model} leaves ${key} alone from here on: ${reason}`);
  if (unreadable !== undefined) lines.unshift(`it can't be read: ${unreadable}`);
  return lines.map((line) => `          ${style.tone('bad', '!')} ${plain(shorten(line, 200))}`);
}
