export { MAX_EVENTS_PER_REQUEST } from './append-request-check.ts';
export { CHAIN_HASH_VERSION, CHAIN_START, type ChainLink, computeChainHash } from './chain-hash.ts';
export type {
  AppendConflict,
  AppendRequest,
  AppendResult,
  AppendSuccess,
  Checkpoints,
  EventMetadata,
  EventStore,
  ExpectedVersion,
  IdempotencyKey,
  LogHead,
  LogPage,
  NewEvent,
  ReadAllOptions,
  ReaderCheckpoints,
  ReadPageOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamCondition,
  StreamWrite,
  UnreadableEvent,
} from './event-store.ts';
export {
  AppendOutcomeUnknownError,
  AppendQueueFullError,
  CheckpointAheadError,
  InvalidAppendError,
  InvalidCheckpointMoveError,
  InvalidUpcastersError,
  JsonTooDeepError,
  LogCorruptedError,
  LogUnavailableError,
  UnknownSchemaVersionError,
} from './event-store.errors.ts';
export { follow, type FollowOptions, type Subscription, type WakeUpSource } from './follow.ts';
export { type Anchor, formatAnchor, parseAnchor } from './integrity/anchor.ts';
export { type Finding, FINDING_CODES, type FindingCode } from './integrity/finding.ts';
export { verifyLog, type VerifyLogOptions, type VerifyReport } from './integrity/verify-log.ts';
export { isTooDeep } from './json-depth.ts';
export { computeLeafHash, type LeafParts } from './leaf-hash.ts';
export { InMemoryCheckpoints } from './memory/in-memory-checkpoints.ts';
export { InMemoryEventStore, type InMemoryEventStoreOptions } from './memory/in-memory-event-store.ts';
export { createPool, type PoolOptions } from './postgres/connection-pool.ts';
export { PostgresCheckpoints } from './postgres/postgres-checkpoints.ts';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres/postgres-event-store.ts';
export type { Queryable } from './postgres/queryable.ts';
export { type Sanitized, sanitizeJson, sanitizeText } from './sanitize-text.ts';
export { SharedReads } from './shared-reads.ts';
export { runSubscription, type SubscriptionOptions } from './subscription.ts';
export { type Upcaster, Upcasters } from './upcasters.ts';
