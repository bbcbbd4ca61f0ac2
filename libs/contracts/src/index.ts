export {
  computeAgentPermissions,
  computeFeedReaderPermissions,
  computeOrchestratorPermissions,
  type NatsPermissions,
} from './agent-permissions.ts';
export { canonicalJson } from './canonical-json.ts';
export { InvalidNameError, InvalidPositionError, NotCanonicalError } from './contracts.errors.ts';
export { computeFingerprint } from './fingerprint.ts';
export { HEADERS } from './headers.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { countUtf8Bytes, MAX_ITEM_BYTES, MAX_MESSAGE_BYTES } from './message-size.ts';
export { parameterise } from './parameterise.ts';
export { formatPosition, parsePosition } from './position.ts';
export {
  FAILURE_CODES,
  type FailureCode,
  type LedCode,
  type OrchestratorCode,
  REFUSAL_CODES,
  type RefusalCode,
} from './reason-codes.ts';
export { signingBytes } from './signing-bytes.ts';
export {
  AGENT_CLASSES,
  type AgentAddress,
  type AgentClass,
  agentInboxPrefix,
  agentSubject,
  anchorSubject,
  assertName,
  commandConsumerName,
  commandSubject,
  controlSubject,
  everyAgentSubject,
  everyCommandSubject,
  everyFeedSubject,
  type Feed,
  FEED_READER,
  FEEDS,
  feedSubject,
  intakeConsumerName,
  JETSTREAM_STREAMS,
  jetStreamName,
  type JetStreamStream,
  logHeadSubject,
  MESSAGE_KINDS,
  type MessageKind,
  NAME_PATTERN,
  parseAgentSubject,
  type PublisherAddress,
  receiptSubject,
} from './subject-names.ts';
export {
  isAnsweredApproval,
  isApiKeySummary,
  isChangedPolicy,
  isControlAnswer,
  isCreatedApiKey,
  isEscalationDetail,
  isIncidentDetail,
  isIncidentSummary,
  isLogEvent,
  isPageOf,
  isPendingApproval,
  isPolicyAnswer,
  isReplayedEscalation,
  isRevokedApiKey,
  isServiceSummary,
  isUndoneFix,
  type Page,
} from './api/answer-shapes.ts';
export { toCsvCell } from './api/csv.ts';
export { includesRole, type NeededRole, type Role, ROLES } from './api/roles.ts';
export { hasShape } from './api/shape.ts';
export { isBookkeeping } from './story/bookkeeping.ts';
export { type Cause, Causes } from './story/causes.ts';
export { clockOf, formatDuration } from './story/duration.ts';
export { idsOf, isInScope, isScope, type Scope } from './scope.ts';
export { Fields } from './story/fields.ts';
export { tellGuardVerdict } from './story/guard-words.ts';
export { tellHeadline } from './story/headline.ts';
export { computeMilestones } from './story/milestones.ts';
export { Narrator, type Told } from './story/narrator.ts';
export { plain, shorten } from './story/plain.ts';
export { explainReason } from './story/reasons.ts';
export { toSafeJson } from './story/safe-json.ts';
export { plural, type Sentence } from './story/sentence.ts';
export { type Tone, toneOfState } from './story/tone.ts';
export type {
  ApiKeyPage,
  ApiKeySummary,
  BeginSession,
  CreateApiKey,
  CreatedApiKey,
  Identity,
  RevokeApiKey,
  RevokedApiKey,
  Session,
} from './api/access.schema.ts';
export type { Readiness } from './api/health.schema.ts';
export type {
  EscalatedIncident,
  EscalationDetail,
  EscalationMessage,
  GuardObjection,
  ReplayedEscalation,
  ReplayEscalation,
  TriedFix,
} from './api/escalation.schema.ts';
export type {
  AnswerApproval,
  AnsweredApproval,
  ApprovalList,
  BeginFreeze,
  ChangedPolicy,
  ChangePolicy,
  ControlAnswer,
  EndFreeze,
  PendingApproval,
  PolicyAnswer,
  StopHealing,
  UndoFix,
  UndoneFix,
} from './api/authority.schema.ts';
export type { IncidentDetail, IncidentLifeState, IncidentPage, IncidentSummary, TimelineEntry } from './api/incident.schema.ts';
export { LOG_ID_HEADER } from './api/log-id-header.ts';
export type { LogEvent, LogEventPage } from './api/log-event.schema.ts';
export type { Problem } from './api/page.schema.ts';
export type { ParkedKeyList, ProjectionList } from './api/projection.schema.ts';
export type { ServicePage, ServiceSummary } from './api/service.schema.ts';
export { isVerifyAnswer, type VerifyAnswer, type VerifyFinding, type VerifyNote } from './api/verify-answer.ts';
export type { Command } from './wire/command.schema.ts';
export type { ControlState } from './wire/control.schema.ts';
export type { ErrorType, Severity, WireError } from './wire/error.schema.ts';
export type { FixFamily, WireFix } from './wire/fix.schema.ts';
export type { Heartbeat, HeartbeatService, ServiceState } from './wire/heartbeat.schema.ts';
export type { Metric } from './wire/metric.schema.ts';
export type { Receipt } from './wire/receipt.schema.ts';
export type { Report, ReportEnvelope } from './wire/report.schema.ts';
export type { Result, ResultPhase } from './wire/result.schema.ts';
export { CHECK_SAMPLES, EXPOSURE_SAMPLES } from './wire/sample-names.ts';
export { type ErrorKind, ZantaraError, type ZantaraErrorOptions } from './zantara-error.ts';
export type { ColumnKind, View, ViewColumn } from './read-models/view.ts';
export { findView, VIEWS } from './read-models/views.ts';
