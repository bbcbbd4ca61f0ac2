export {
  APPENDERS,
  type Ending,
  runSchedule,
  type Schedule,
  type ScheduleDriver,
  ScheduleReader,
  schedules,
  type SeenEvent,
} from './event-store/append-schedules.ts';
export { buildAppend, buildEvent, buildEvents, buildKey, expectAppended } from './event-store/event-builder.ts';
export { startTestNats, TestNats, type TestNatsOptions } from './nats/start-test-nats.ts';
export { FaultProxy } from './postgres/fault-proxy.ts';
export { createEmptyDatabase, createTestDatabase, type TestDatabase, withClient } from './postgres/create-test-database.ts';
export { PrivatePostgres, startPrivatePostgres } from './postgres/start-private-postgres.ts';
export { getTestServer } from './postgres/test-servers.ts';
export { waitUntil } from './wait-until.ts';
