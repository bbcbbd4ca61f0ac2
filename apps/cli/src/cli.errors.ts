import { ZantaraError, type ZantaraErrorOptions } from '#libs/contracts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** An error that knows how the program ends on it. */
export class CliError extends ZantaraError {
  readonly exitCode: ExitCode;

  constructor(message: string, options: ZantaraErrorOptions & { exitCode: ExitCode }) {
    super(message, options);
    this.exitCode = options.exitCode;
  }
}

/** Nothing answers, or only a proxy does, which says that what is behind it can't at the moment. */
export class UnreachableError extends CliError {
  constructor(url: string, cause: unknown) {
    super(`nothing answers at ${url} (${reasonOf(cause)})`, {
      code: 'unreachable',
      kind: 'unavailable',
      remediation: 'Start it with `npm start`, or set --url (ZANTARA_URL).',
      cause,
      exitCode: EXIT.unreachable,
    });
  }
}

/** Something answers, and it isn't the API. */
export class UnexpectedAnswerError extends CliError {
  constructor(url: string, what: string) {
    super(`the answer of ${url} is not one of the orchestrator: ${what}`, {
      code: 'unexpected-answer',
      kind: 'invalid',
      remediation: 'Compare --url (ZANTARA_URL) with the address that `npm start` printed, and both versions.',
      exitCode: EXIT.failed,
    });
  }
}

/** A log tool did not come to its end. It has said why itself, on standard error. */
export class LogToolFailedError extends CliError {
  constructor(tool: string, exitCode: ExitCode) {
    super(`${tool} failed`, {
      code: 'log-tool-failed',
      kind: 'rejected',
      remediation: 'Do what it said above.',
      exitCode,
    });
  }
}

/** The log does not hold what it promises. */
export class LogDamagedError extends CliError {
  constructor(findings: number) {
    super(`the log is not as it was written, in ${findings === 1 ? 'one place' : `${findings} places`}`, {
      code: 'log-damaged',
      kind: 'rejected',
      remediation:
        'Keep the database as it is, and compare what was named with a backup; docs/integrity.md says what each code means.',
      exitCode: EXIT.critical,
    });
  }
}

/** A read model isn't what the log gives. */
export class ReadModelDiffersError extends CliError {
  constructor() {
    super('a read model is not what the log gives', {
      code: 'read-model-differs',
      kind: 'rejected',
      remediation: 'Look at the log first: zantara verify. Then make it anew: zantara projections rebuild NAME --force.',
      exitCode: EXIT.critical,
    });
  }
}

/** The arguments contradict each other. */
export class UsageError extends CliError {
  constructor(message: string, remediation: string) {
    super(message, { code: 'usage', kind: 'invalid', remediation, exitCode: EXIT.usage });
  }
}

/** What was named isn't what waits. */
export class NothingToApproveError extends CliError {
  constructor(fixId: string, action: string) {
    super(`${fixId} does not wait with an action ${action.slice(0, 64)}`, {
      code: 'nothing-to-approve',
      kind: 'rejected',
      remediation: 'Look what waits: zantara approvals. Give --action at least 12 digits of what you saw.',
      exitCode: EXIT.conflict,
    });
  }
}

/** The list that the newest was asked of is empty. */
export class NoIncidentError extends CliError {
  constructor() {
    super('there is no incident yet', {
      code: 'no-incident',
      kind: 'rejected',
      remediation: 'Follow what happens with `zantara tail`.',
      exitCode: EXIT.notFound,
    });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'no answer in time';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code === '' ? cause.message : code;
}
