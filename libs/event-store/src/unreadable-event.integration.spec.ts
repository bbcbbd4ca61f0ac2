import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAppend, buildEvent, createTestDatabase, type TestDatabase } from '#libs/testing';
import type { EventStore } from './event-store.ts';
import { InMemoryEventStore } from './memory/in-memory-event-store.ts';
import { PostgresEventStore } from './postgres/postgres-event-store.ts';

describe('an event of a version that this code does not know', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it.each<[string, () => EventStore]>([
    ['memory', () => new InMemoryEventStore()],
    ['PostgreSQL', () => new PostgresEventStore({ connectionString: database.appUrl })],
  ])('fails nobody who reads a page in %s, and is told as what it is', async (_name, open) => {
    const store = open();
    await store.append(buildAppend('odd-1', 'none', [buildEvent(), buildEvent({ schemaVersion: 9 }), buildEvent()]));
    const { last, events } = await store.readPage({ after: 0, limit: 10 });
    expect(last).toBe(3);
    expect(events.map((event) => ('unreadable' in event ? event.unreadable : event.version))).toEqual([
      1,
      expect.objectContaining({ code: 'unknown-schema-version' }),
      3,
    ]);
    await expect(store.readAll({ after: 0, limit: 10 })).rejects.toMatchObject({ code: 'unknown-schema-version' });
    await store.close();
  });
});
