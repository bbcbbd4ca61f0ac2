import { InvalidArgumentError, Option } from 'commander';
import type { OutputFormat } from '../output/formats.ts';

/** What every command is given. */
export interface GlobalOptions {
  url: URL | string;
  /** Seconds. */
  timeout: number;
  output: OutputFormat;
  apiKey?: string;
}

/** What every command is given that changes something. */
export interface WriteOptions extends GlobalOptions {
  reason: string;
  dryRun?: boolean;
}

const MAX_LIMIT = 500;

/** A flag with its variable: `--since` is ZANTARA_SINCE. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`ZANTARA_${made.name().toUpperCase().replaceAll('-', '_')}`);
}

export const limitOption = (): Option =>
  option('--limit <number>', `most items, 1 to ${MAX_LIMIT}`).default(50).argParser(toLimit);

export const reasonOption = (): Option => option('--reason <reason>', 'why; it is kept in the log').makeOptionMandatory();

export const dryRunOption = (): Option => option('--dry-run', 'say what would be done');

export const asOfOption = (): Option => option('--as-of <place>', 'how it was: at a position of the log, or at a time');

export const typesOption = (): Option =>
  option('--types <types>', 'only these event types, separated by commas').argParser(toList);

export function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new InvalidArgumentError('It has to look like http://127.0.0.1:3000.');
}

export function toSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It has to be a number of seconds, at most 3600.');
}

export function toPosition(text: string): string {
  if (/^\d{1,16}$/.test(text)) return text;
  throw new InvalidArgumentError('It has to be a position, as an answer gave it; 0 is the beginning.');
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`It has to be a whole number from 1 to ${MAX_LIMIT}.`);
}

function toList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.every((item) => /^[A-Za-z]{1,60}$/.test(item))) return items;
  throw new InvalidArgumentError('It has to look like ErrorReported,DecisionMade.');
}
