import { ZantaraError } from '#libs/contracts';

/** Thrown when the journal can't take a record: no log, no action. The command may be handed in again. */
export class JournalUnwritableError extends ZantaraError {
  constructor(cause: unknown) {
    super(`the command journal can not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'journal-unwritable',
      kind: 'unavailable',
      remediation: 'Make room on the disk of state_dir; the command is tried again until it expires.',
      cause,
    });
  }
}

/** Told to the host: what it reported is no error of the wire protocol, or holds what JSON has no form for. */
export class ReportInvalidError extends ZantaraError {
  constructor(reason: string, cause?: unknown) {
    super(`the report is invalid: ${reason}`, {
      code: 'report-invalid',
      kind: 'invalid',
      remediation: 'Correct what is named here; docs/reference/schemas/report.schema.json says what a report may hold.',
      cause,
    });
  }
}

/** Told to the host: one message can't carry the report. */
export class ReportTooLargeError extends ZantaraError {
  constructor(maxBytes: number) {
    super(`the report has more than ${maxBytes} bytes`, {
      code: 'report-too-large',
      kind: 'invalid',
      remediation: 'Report less of it: the last lines of a log, the first of a body. What was refused is not sent.',
    });
  }
}

/** Told to the host: the report is good, and could not be kept so that it survives a crash. */
export class ReportNotStoredError extends ZantaraError {
  constructor(reason: string, cause?: unknown) {
    super(`the report could not be stored: ${reason}`, {
      code: 'report-not-stored',
      kind: 'unavailable',
      remediation: 'Report it again later; look at the disk of state_dir and at the limits of the outbox.',
      cause,
    });
  }
}
