export { JournalUnwritableError, ReportInvalidError, ReportNotStoredError, ReportTooLargeError } from './agent-core.errors.ts';
export { CommandJournal, type JournalStorage, type StartRequest } from './journal/command-journal.ts';
export type { Fence, JournalEntry, JournalRecord } from './journal/journal-record.ts';
export { computeAgeMs, type Instant, type MonotonicClock } from './monotonic-clock.ts';
export { Outbox, type OutboxOptions, type OutboxSending, type OutboxStatistics, type OutboxStorage } from './outbox/outbox.ts';
export type { OutboxItem } from './outbox/outbox-item.ts';
export { redactJson, redactJsonObject } from './redaction/redact-json.ts';
export { type Redacted, redactText } from './redaction/redact-text.ts';
export { copyJsonObject } from './reporting/copy-json.ts';
export { shortenJson } from './reporting/shorten-json.ts';
export { type ControlOrigin, type ControlStatus, ControlWatch } from './verification/control-watch.ts';
export { isPassing } from './verification/refusal.ts';
export {
  type CommandVerdict,
  findHindrance,
  MAX_COMMAND_BYTES,
  type SignatureCheck,
  type SignatureVerdict,
  type SignedMessage,
  type TargetFloor,
  type VerificationContext,
  verifyCommand,
} from './verification/verify-command.ts';
export { type ControlVerification, verifyControlState } from './verification/verify-control-state.ts';
