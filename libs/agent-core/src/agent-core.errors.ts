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
