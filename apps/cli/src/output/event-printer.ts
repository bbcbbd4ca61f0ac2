import { clockOf, type LogEvent, Narrator, plain, shorten, toSafeJson } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import { toCsvHeader, toCsvRow } from './csv.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import type { OutputFormat } from './formats.ts';
import { createStyle } from './style.ts';

const SUBJECT_WIDTH = 16;

/** Prints events one by one as they come: a line each, in every format. */
export function createEventPrinter(terminal: Terminal, format: OutputFormat): (event: LogEvent) => void {
  if (format === 'table') return createSentencePrinter(terminal);
  if (format !== 'csv') return (event) => terminal.out(toSafeJson(event));
  terminal.out(toCsvHeader(EVENT_COLUMNS));
  return (event) => terminal.out(toCsvRow(event, EVENT_COLUMNS));
}

function createSentencePrinter(terminal: Terminal): (event: LogEvent) => void {
  const [style, narrator] = [createStyle(terminal.isColoured), new Narrator()];
  return (event) => {
    const { sentence, subject } = narrator.tell(event);
    const details = sentence.details.length === 0 ? '' : style.dim(` (${sentence.details.join('; ')})`);
    const [at, about] = [plain(clockOf(event.recorded_at)), shorten(subject, SUBJECT_WIDTH).padEnd(SUBJECT_WIDTH)];
    terminal.out(`${style.dim(at)}  ${about}  ${style.tone(sentence.tone, sentence.text)}${details}`);
  };
}
