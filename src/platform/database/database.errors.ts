import { ZantaraError } from '#libs/contracts';

export class PostgresTooOldError extends ZantaraError {
  constructor(version: string) {
    super(`the database runs PostgreSQL ${version}, but 16 is the oldest that works`, {
      code: 'postgres-too-old',
      kind: 'invalid',
      remediation: 'Move the database to PostgreSQL 16 or newer, or leave DATABASE_URL unset to use the embedded one.',
    });
  }
}

/** The database can't be reached or refuses to work for now. */
export class DatabaseUnavailableError extends ZantaraError {
  constructor(cause: unknown) {
    super(`the database does not answer as it should: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'database-unavailable',
      kind: 'unavailable',
      remediation: 'Check that PostgreSQL runs and accepts connections, then try again.',
      cause,
    });
  }
}
