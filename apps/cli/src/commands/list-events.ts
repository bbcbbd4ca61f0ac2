import { isLogEvent, Narrator } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import { EVENT_COLUMNS, TOLD_COLUMNS } from '../output/event-columns.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ListEventsOptions extends GlobalOptions {
  after?: string;
  stream?: string;
  types?: string[];
  limit: number;
}

export async function listEvents(terminal: Terminal, options: ListEventsOptions): Promise<void> {
  const { after, stream, types, limit } = options;
  const answer = await new ApiClient(options).get('/api/events', { after, stream, types: types?.join(','), limit });
  const page = parsePage(answer, isLogEvent);
  const words = {
    format: options.output,
    whenEmpty: `no event fits; the log ends at position ${page.position}`,
    more: (next: string) => `there are more: add --after ${next}`,
  };
  if (options.output !== 'table') return writePage(terminal, page, { ...words, columns: EVENT_COLUMNS });
  const narrator = new Narrator();
  const told = page.items.map((event) => narrator.tell(event));
  await writePage(terminal, { ...page, items: told }, { ...words, columns: TOLD_COLUMNS });
}
