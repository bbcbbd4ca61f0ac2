import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../platform/config/configuration.errors.ts';
import { readSettings } from './environment.ts';

const DATABASE_URL = 'postgresql://db/zantara';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems : [];
  }
}

describe('the settings of the log tools', () => {
  it('are those of the orchestrator, of which only the database must be named', () => {
    expect(readSettings({ DATABASE_URL, NATS_URL: '', PORT: 'nonsense' })).toEqual({
      databaseUrl: DATABASE_URL,
      migrationDatabaseUrl: DATABASE_URL,
      anchorFile: undefined,
      natsUrl: undefined,
      natsNkeySeedFile: undefined,
      tenant: 'main',
    });
  });

  it('are wrong all at once', () => {
    const wrong = { MIGRATION_DATABASE_URL: 'x', NATS_URL: 'http://x', NATS_NKEY_SEED_FILE: '/nowhere/x.nk', TENANT: 'A.' };
    expect(problemsOf(wrong).map((problem) => problem.split(':')[0])).toEqual([
      'DATABASE_URL',
      'MIGRATION_DATABASE_URL',
      'NATS_URL',
      'NATS_NKEY_SEED_FILE',
      'TENANT',
    ]);
  });
});
