/** What the stream says. */
export type FeedMessage =
  /** A connection is there: what follows comes after this position. */
  | { kind: 'opened'; after: number }
  | { kind: 'log-id'; logId: string }
  | { kind: 'event'; position: number; data: string }
  /** A sign of life. */
  | { kind: 'heartbeat' }
  /** The place that was asked for isn't in this log. */
  | { kind: 'reset' }
  | { kind: 'lost' };
