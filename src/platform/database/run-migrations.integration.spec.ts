import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { PostgresEventStore } from '#libs/event-store';
import { buildAppend, checkStoredLog, createEmptyDatabase, type TestDatabase, withClient } from '#libs/testing';
import { MIGRATIONS } from '../../../migrations/index.ts';
import { assertServerVersion, runMigrations } from './run-migrations.ts';

/** With the steps up to a named one, and without it. */
async function migrateBefore(url: string, name: string): Promise<void> {
  const migrations = MIGRATIONS.slice(
    0,
    MIGRATIONS.findIndex((migration) => migration.name === name),
  );
  const dataSource = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  it('are applied once when several processes start at the same time', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => runMigrations(database.ownerUrl)));
    expect(runs.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, 0, 0, MIGRATIONS.length]);
    expect((await runMigrations(database.ownerUrl)).applied).toEqual([]);
  });

  it('can be undone to the empty database, and applied again', async () => {
    const dataSource = new DataSource({ type: 'postgres', url: database.ownerUrl, migrations: MIGRATIONS });
    await dataSource.initialize();
    for (const _ of MIGRATIONS) await dataSource.undoLastMigration();
    await dataSource.destroy();
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query(`
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relname NOT LIKE 'migrations%'
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`),
    );
    expect(rows).toEqual([]);
    expect((await runMigrations(database.ownerUrl)).applied).toHaveLength(MIGRATIONS.length);
  });

  it('are refused to the app', async () => {
    await expect(runMigrations(database.appUrl)).rejects.toMatchObject({ code: '42501' });
  });

  it('take the leaf hashes of a log that exists along into its chain', async () => {
    const old = await createEmptyDatabase();
    await migrateBefore(old.ownerUrl, 'MoveLeavesToTheChain1790000500000');
    const store = new PostgresEventStore({ connectionString: old.appUrl });
    for (const events of [1, 3, 20]) await store.append(buildAppend('old-1', 'any', events));
    await store.close();
    await runMigrations(old.ownerUrl);
    expect(await checkStoredLog(old.ownerUrl)).toEqual([]);
    await old.drop();
  });

  it.each(['9.6.24', '15.8 (Debian 15.8-0+deb12u1)', undefined])('refuse server %s', (version) => {
    expect(() => assertServerVersion(version)).toThrow(expect.objectContaining({ code: 'postgres-too-old', kind: 'invalid' }));
  });

  it.each(['16.0', '18.4'])('accept server %s', (version) => {
    expect(() => assertServerVersion(version)).not.toThrow();
  });
});
