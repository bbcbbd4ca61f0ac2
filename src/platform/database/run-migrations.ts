import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.ts';
import { PostgresTooOldError } from './database.errors.ts';

const MIN_MAJOR_VERSION = 16;
const LOCK = "hashtext('zantara'), hashtext('migrations')";

export interface MigrationRun {
  /** The names of what was applied now; empty when everything had been before. */
  readonly applied: readonly string[];
}

/**
 * Brings the database up to date, as its owner. Several processes may start at the same time: an advisory lock lets one migrate,
 * the others wait and find nothing left to do.
 *
 * @throws PostgresTooOldError
 */
export async function runMigrations(url: string): Promise<MigrationRun> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: MIGRATIONS, migrationsTransactionMode: 'each' });
  await dataSource.initialize();
  const holder = dataSource.createQueryRunner();
  try {
    assertServerVersion(dataSource.driver.version);
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    const applied = await dataSource.runMigrations();
    return { applied: applied.map((migration) => migration.name) };
  } finally {
    await holder.query(`SELECT pg_advisory_unlock(${LOCK})`).catch(() => undefined); // gone with the connection at the latest
    await holder.release();
    await dataSource.destroy();
  }
}

/** @throws PostgresTooOldError */
export function assertServerVersion(version = 'of unknown version'): void {
  const major = Number.parseInt(version, 10);
  if (!(major >= MIN_MAJOR_VERSION)) throw new PostgresTooOldError(version);
}
