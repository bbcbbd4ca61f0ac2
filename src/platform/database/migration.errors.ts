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
