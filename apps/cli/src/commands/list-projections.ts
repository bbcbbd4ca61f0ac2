import { hasShape, type ParkedKeyList, type ProjectionList, shorten } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

type Projection = ProjectionList['items'][number];
type ParkedKey = ParkedKeyList['items'][number];

const isProjection = (value: unknown): value is Projection =>
  hasShape(value, { projection: 'string', state: 'string', position: 'string', lag_events: 'number', parked_keys: 'number' });

const isParkedKey = (value: unknown): value is ParkedKey =>
  hasShape(value, { projection: 'string', key: 'string', position: 'string', reason: 'string', held_back: 'number' });

const BEHIND_MS = 5_000;

export async function listProjections(terminal: Terminal, options: GlobalOptions): Promise<void> {
  const page = parsePage(await new ApiClient(options).get('/api/projections', {}), isProjection);
  await writePage(terminal, page, { format: options.output, columns: COLUMNS, whenEmpty: 'there is none', more: () => '' });
}

export async function listParked(terminal: Terminal, options: GlobalOptions): Promise<void> {
  const page = parsePage(await new ApiClient(options).get('/api/projections/parked', {}), isParkedKey);
  const whenEmpty = 'nothing is parked: every event could be handled';
  await writePage(terminal, page, { format: options.output, columns: PARKED_COLUMNS, whenEmpty, more: () => '' });
}

const COLUMNS: readonly Column<Projection>[] = [
  { name: 'projection', title: 'read model', raw: ({ projection }) => projection },
  { name: 'state', raw: ({ state }) => state },
  { name: 'generation', raw: ({ generation }) => generation },
  { name: 'version', raw: ({ version }) => version },
  { name: 'position', raw: ({ position }) => position },
  { name: 'lag_events', title: 'events behind', raw: (one) => one.lag_events },
  { name: 'lag_ms', title: 'ms behind', raw: (one) => one.lag_ms, tone: (one) => (one.lag_ms > BEHIND_MS ? 'bad' : 'good') },
  { name: 'parked_keys', title: 'parked', raw: (one) => one.parked_keys, tone: (one) => (one.parked_keys > 0 ? 'bad' : 'good') },
  { name: 'digest', raw: ({ digest }) => digest, shown: ({ digest }) => digest.slice(0, 12) },
];

const PARKED_COLUMNS: readonly Column<ParkedKey>[] = [
  { name: 'projection', title: 'read model', raw: ({ projection }) => projection },
  { name: 'key', raw: ({ key }) => key },
  { name: 'position', raw: ({ position }) => position },
  { name: 'event_type', title: 'event', raw: (one) => one.event_type },
  { name: 'held_back', title: 'left out since', raw: (one) => one.held_back },
  { name: 'reason', raw: ({ reason }) => reason, shown: ({ reason }) => shorten(reason, 100) },
];
