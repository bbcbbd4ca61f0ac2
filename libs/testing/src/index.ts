export { findChromium, startBrowser } from './browser/chromium.ts';
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
export { FaultProxy } from './faults/fault-proxy.ts';
export { EffectLedger } from './ledgers/effect-ledger.ts';
export { LineFile } from './ledgers/line-file.ts';
export { checkLog } from './log-checker/check-log.ts';
export type { AgentLedger, CheckOptions, LogEvidence } from './log-checker/evidence.ts';
export { type CheckedAgainst, checkStoredLog, loadLogEvidence } from './log-checker/loading/load-log-evidence.ts';
export { loadSettledEvidence } from './log-checker/loading/load-settled-evidence.ts';
export { readAgentLedger } from './log-checker/loading/read-agent-ledger.ts';
export { isFoundAlone, type Plant } from './log-checker/plants/plant.ts';
export { PLANTS } from './log-checker/plants/plants.ts';
export { describeViolations, type Violation, type ViolationCode } from './log-checker/violation.ts';
export { startTestNats, TestNats, type TestNatsOptions } from './nats/start-test-nats.ts';
export { createEmptyDatabase, createTestDatabase, type TestDatabase, withClient } from './postgres/create-test-database.ts';
export { PostgresTroubles } from './postgres/postgres-troubles.ts';
export { PrivatePostgres, startPrivatePostgres } from './postgres/start-private-postgres.ts';
export { SmallDisk } from './postgres/small-disk.ts';
export { getTestServer } from './postgres/test-servers.ts';
export { MessageRelay } from './relay/message-relay.ts';
export { planByChance, type RelayedMessage, type RelayPlan } from './relay/relay-plan.ts';
export { Random } from './random.ts';
export { waitUntil } from './wait-until.ts';
export { freePort, freePorts } from '../../../scripts/infra/ports.mjs';
