import { formatPosition, type LogEvent } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';

/** A stored event as it leaves the process. */
export const toLogEvent = (event: StoredEvent): LogEvent => ({
  position: formatPosition(event.position),
  event_id: event.id,
  stream: event.stream,
  version: event.version,
  type: event.type,
  schema_version: event.schemaVersion,
  recorded_at: event.recordedAt.toISOString(),
  data: event.data,
  metadata: event.metadata,
});
