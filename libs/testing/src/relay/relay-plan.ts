import { Random } from '../random.ts';
import type { Direction } from '../faults/proxied-connection.ts';

/** A message that a relay has in hand: `request` from the client, `answer` to it. */
export interface RelayedMessage {
  readonly direction: Direction;
  readonly subject: string;
}

/** After how many milliseconds each copy of a message goes on, of which there may be none; `undefined`: it goes through untouched. */
export type RelayPlan = (message: RelayedMessage) => readonly number[] | undefined;

export interface Odds {
  readonly seed: number;
  /** What happens to the others is nothing. */
  readonly touches: (message: RelayedMessage) => boolean;
  readonly copies: number;
  /** Each copy comes at any moment until then, and so messages change places. */
  readonly latestMs: number;
  /** Of the messages, so many never arrive. */
  readonly dropShare?: number;
}

/** Leaves it to chance. What happens to the nth message of a subject follows from the seed, whatever else is said meanwhile. */
export function planByChance({ seed, touches, copies, latestMs, dropShare = 0 }: Odds): RelayPlan {
  const counts = new Map<string, number>();
  return (message) => {
    if (!touches(message)) return undefined;
    const place = `${message.direction} ${message.subject}`;
    const n = counts.get(place) ?? 0;
    counts.set(place, n + 1);
    const random = Random.of(seed, `${place} ${n}`);
    return random.chance(dropShare) ? [] : Array.from({ length: copies }, () => random.fraction() * latestMs);
  };
}
