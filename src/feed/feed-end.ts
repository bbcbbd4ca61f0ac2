import { HEADERS, parsePosition } from '#libs/contracts';
import type { StreamEnd } from '#libs/messaging';

/** How far the feed goes. */
export interface FeedEnd {
  /** Of the last message in its stream. */
  sequence: number;
  /** Everything of the log up to here is in the feed, or belongs into none. */
  position: number;
}

/** The position of the last message, if it is one of this log; undefined when the stream holds none of it. */
export function findPosition({ lastMessage }: StreamEnd, logId: string): number | undefined {
  const position = lastMessage?.header(HEADERS.position);
  if (position === undefined || lastMessage?.header(HEADERS.logId) !== logId) return undefined;
  return parsePosition(position);
}
