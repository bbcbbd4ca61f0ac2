import { formatDuration, isBookkeeping, isLogEvent, plain } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import { followEvents, type FollowNote } from '../http/follow-events.ts';
import { createEventPrinter } from '../output/event-printer.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface TailOptions extends GlobalOptions {
  since?: string;
  types?: string[];
  all?: boolean;
}

/** Follows the log until Ctrl-C. */
export async function followLog(terminal: Terminal, options: TailOptions): Promise<void> {
  const client = new ApiClient(options);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // The end of the log is asked for, so that a connection lost before the first event is resumed there too.
    const after = options.since ?? (await findHead(client));
    const print = createEventPrinter(terminal, options.output);
    const showsAll = options.all === true || options.types !== undefined;
    for await (const note of followEvents(client, { after, types: options.types, signal: stop.signal })) {
      if (note.kind !== 'event') terminal.note(describe(note));
      else if (showsAll || !isBookkeeping(note.event)) print(note.event);
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

const findHead = async (client: ApiClient): Promise<string> =>
  parsePage(await client.get('/api/events', { limit: 1 }), isLogEvent).position;

function describe(note: Exclude<FollowNote, { kind: 'event' }>): string {
  switch (note.kind) {
    case 'following':
      return `following ${plain(note.url)} after position ${plain(note.position)}; Ctrl-C ends`;
    case 'lost':
      return `connection lost (${plain(note.reason)}); trying again until it is back`;
    case 'back':
      return `connected again after ${formatDuration(note.afterMs)}, going on after position ${plain(note.position)}`;
    case 'reset':
      return `this is another log than before: going on after its position ${plain(note.position)}`;
  }
}
