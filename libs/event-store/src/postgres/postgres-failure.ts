import { DatabaseError } from 'pg';
import { ZantaraError } from '#libs/contracts';
import { AppendOutcomeUnknownError, InvalidAppendError, LogCorruptedError, LogUnavailableError } from '../event-store.errors.ts';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const DATA_EXCEPTION = /^22/;
const CONSTRAINT = /^23/;
const TOO_MUCH = /^54/;
/**
 * With these a statement fails before its commit, and the server goes on. Anything else may be the end of the server in the middle of
 * a commit, such as a disk that is full while the commit is written (53100). The severity would tell, but `pg` gives it only in the
 * language of the server.
 */
const NOT_COMMITTED = /^(22|23|25006|40001|40P01|42|54|55|57014)/;
const NOT_MIGRATED = /^(42P01|42883|42703)$/;
const CHECK_VIOLATION = '23514';

/** True when `events` has no partition for the position: the one check that an append can violate. */
export function isPartitionMissing(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === CHECK_VIOLATION;
}

/** Says what a failed read means. Whatever isn't ours is an outage: going on later is right even if the cause is a wrong setting. */
export function mapReadFailure(error: unknown): ZantaraError {
  if (error instanceof ZantaraError) return error;
  return new LogUnavailableError(describe(error), error);
}

/** Says what a failed append means: refused for what it holds, not stored, or stored perhaps. */
export function mapAppendFailure(error: unknown): ZantaraError {
  if (error instanceof ZantaraError) return error;
  if (!(error instanceof DatabaseError)) return new AppendOutcomeUnknownError(error);
  const code = error.code ?? '';
  if (!NOT_COMMITTED.test(code)) return new AppendOutcomeUnknownError(error);
  // Positions and versions are given under the lane lock, so a row that is in the way was not put there by an append.
  if (CONSTRAINT.test(code)) return new LogCorruptedError(error.message);
  if (DATA_EXCEPTION.test(code) || TOO_MUCH.test(code))
    return new InvalidAppendError(`the database refuses the append: ${error.message}`, error);
  return new LogUnavailableError(describe(error), error);
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError && NOT_MIGRATED.test(error.code ?? '')) return `the database is not migrated: ${message}`;
  return `the database does not answer as it should: ${message}`;
}
