export {
  BeginSessionSchema,
  CreateApiKeySchema,
  CreatedApiKeySchema,
  IdentitySchema,
  RevokeApiKeySchema,
  SessionSchema,
} from './api/access.schema.ts';
export {
  AnswerApprovalSchema,
  BeginFreezeSchema,
  ChangePolicySchema,
  EndFreezeSchema,
  StopHealingSchema,
  UndoFixSchema,
} from './api/authority.schema.ts';
export type { Endpoint } from './api/endpoint.ts';
export { ENDPOINTS, PAGE_PATHS } from './api/endpoints.ts';
export { computeOpenApi } from './api/openapi.ts';
export { computeViewItemSchema } from './api/view-item.schema.ts';
export { DryRunSchema, ReasonSchema } from './api/write.schema.ts';
export { type Readiness, ReadinessSchema } from './api/health.schema.ts';
export { EscalationMessageSchema, ReplayEscalationSchema } from './api/escalation.schema.ts';
export {
  type IncidentDetail,
  IncidentDetailSchema,
  type IncidentPage,
  IncidentPageSchema,
  IncidentStateSchema,
  type IncidentSummary,
  IncidentSummarySchema,
  type TimelineEntry,
} from './api/incident.schema.ts';
export { type LogEvent, type LogEventPage, LogEventPageSchema, LogEventSchema } from './api/log-event.schema.ts';
export { type Problem, ProblemSchema } from './api/page.schema.ts';
export { type ServicePage, ServicePageSchema, type ServiceSummary, ServiceSummarySchema } from './api/service.schema.ts';
export { computeAsyncApi } from './reference/asyncapi.ts';
export { type Channel, CHANNELS } from './reference/channels.ts';
export { computeMessageSchema, PUBLISHED_MESSAGES, WIRE_MESSAGES, type WireMessage } from './reference/wire-messages.ts';
export { type Command, CommandSchema, StrategyIdSchema } from './wire/command.schema.ts';
export { type ControlState, ControlStateSchema, MAX_STOPPED_NAMES } from './wire/control.schema.ts';
export {
  type ErrorType,
  ErrorTypeSchema,
  type Severity,
  SeveritySchema,
  type WireError,
  WireErrorSchema,
} from './wire/error.schema.ts';
export { type FixFamily, FixFamilySchema, type WireFix, WireFixSchema } from './wire/fix.schema.ts';
export {
  type Heartbeat,
  HeartbeatSchema,
  type HeartbeatService,
  type ServiceState,
  ServiceStateSchema,
} from './wire/heartbeat.schema.ts';
export { type Metric, MetricSchema } from './wire/metric.schema.ts';
export { type Receipt, ReceiptSchema } from './wire/receipt.schema.ts';
export {
  MAX_REPORT_ITEMS,
  NameSchema,
  type Report,
  type ReportEnvelope,
  ReportEnvelopeSchema,
  ReportSchema,
} from './wire/report.schema.ts';
export { type Result, type ResultPhase, ResultPhaseSchema, ResultSchema } from './wire/result.schema.ts';
export {
  type Validation,
  type Validator,
  validateCommand,
  validateControlState,
  validateHeartbeat,
  validateMetric,
  validateReceipt,
  validateReport,
  validateReportEnvelope,
  validateResult,
} from './wire/validators.ts';
