import { clockOf, type LogEvent, type Told, toSafeJson } from '#libs/contracts';
import type { Column } from './column.ts';

/** An event for programs. */
export const EVENT_COLUMNS: readonly Column<LogEvent>[] = [
  { name: 'position', raw: (event) => event.position },
  { name: 'recorded_at', raw: (event) => event.recorded_at },
  { name: 'type', raw: (event) => event.type },
  { name: 'stream', raw: (event) => event.stream },
  { name: 'version', raw: (event) => event.version },
  { name: 'event_id', raw: (event) => event.event_id },
  { name: 'correlation_id', raw: (event) => event.metadata['correlation_id'] },
  { name: 'causation_id', raw: (event) => event.metadata['causation_id'] },
  { name: 'actor', raw: (event) => event.metadata['actor'] },
  { name: 'data', raw: (event) => toSafeJson(event.data) },
];

/** An event for people. */
export const TOLD_COLUMNS: readonly Column<Told>[] = [
  { name: 'position', raw: ({ event }) => event.position },
  { name: 'time', title: 'time (UTC)', raw: ({ event }) => `${event.recorded_at.slice(5, 10)} ${clockOf(event.recorded_at)}` },
  { name: 'type', raw: ({ event }) => event.type },
  { name: 'subject', title: 'about', raw: ({ subject }) => subject },
  { name: 'sentence', title: 'what', raw: ({ sentence }) => sentence.text, tone: ({ sentence }) => sentence.tone },
];
