import { type Feed, feedSubject, formatPosition, HEADERS, type LogEvent, MAX_ITEM_BYTES } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import type { IdentifiedMessage } from '#libs/messaging';
import { toLogEvent } from '../platform/log/log-event.ts';

/** Where a message of the feed comes from and goes to. */
export interface FeedAddress {
  tenant: string;
  feed: Feed;
  logId: string;
}

const encode = (event: LogEvent): Uint8Array => new TextEncoder().encode(JSON.stringify(event));

/** An event as its feed carries it. What no message can carry goes without its data, which the HTTP API still has. */
export function toFeedMessage(event: StoredEvent, { tenant, feed, logId }: FeedAddress): IdentifiedMessage {
  const logEvent = toLogEvent(event);
  const whole = encode(logEvent);
  const isWhole = whole.length <= MAX_ITEM_BYTES;
  return {
    subject: feedSubject(tenant, feed),
    body: isWhole ? whole : encode({ ...logEvent, data: {} }),
    messageId: event.id,
    headers: {
      [HEADERS.logId]: logId,
      [HEADERS.position]: formatPosition(event.position),
      [HEADERS.eventType]: event.type,
      ...(isWhole ? {} : { [HEADERS.omitted]: 'data' }),
    },
  };
}
