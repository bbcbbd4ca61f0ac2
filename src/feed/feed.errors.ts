import { ZantaraError } from '#libs/contracts';

/** The feed holds events that the log doesn't have: the database was restored from a copy that is older than the feed. */
export class FeedAheadOfLogError extends ZantaraError {
  constructor(stream: string, position: number, head: number) {
    super(`the feed in ${stream} goes to position ${position}, and the log ends at ${head}`, {
      code: 'feed-ahead-of-log',
      kind: 'invalid',
      remediation:
        'Restore a newer copy of the database. If there is none, empty the feed with `nats stream purge` and tell its readers to begin anew.',
    });
  }
}
