import { ZantaraError } from '#libs/contracts';
import { MAX_JSON_DEPTH } from './json-depth.ts';

/** A request that can never be stored, whatever the state of the log. */
export class InvalidAppendError extends ZantaraError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'invalid-append',
      kind: 'invalid',
      remediation: 'Correct the request; sending it again unchanged gives the same answer.',
      cause,
    });
  }
}

/** A JSON value in which lists and objects lie in each other too deep: it could end a program that walks it. */
export class JsonTooDeepError extends ZantaraError {
  constructor() {
    super(`the value nests deeper than ${MAX_JSON_DEPTH} lists and objects`, {
      code: 'json-too-deep',
      kind: 'invalid',
      remediation: 'Cut the value where it nests too deep, or send that part as text.',
    });
  }
}

/** The queue before the log is full. Nothing of the request was stored. */
export class AppendQueueFullError extends ZantaraError {
  constructor(waiting: number) {
    super(`${waiting} events already wait to be appended`, {
      code: 'append-queue-full',
      kind: 'unavailable',
      remediation: 'Stop taking in work until the log has caught up, then send the request again.',
    });
  }
}

/** The database can't be reached or refuses to work. Nothing of the request was stored. */
export class LogUnavailableError extends ZantaraError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'log-unavailable',
      kind: 'unavailable',
      remediation: 'Check that PostgreSQL runs and accepts connections, then try again.',
      cause,
    });
  }
}

/** The connection was lost while the commit was under way: the request may be stored or not. */
export class AppendOutcomeUnknownError extends ZantaraError {
  constructor(cause?: unknown) {
    super('the connection to the log was lost during a commit', {
      code: 'append-outcome-unknown',
      kind: 'unavailable',
      remediation: 'Send the very same request again: its key makes sure that it is stored once.',
      cause,
    });
  }
}

/**
 * What was read contradicts what the log promises. Nothing may be built on it.
 * It counts as an outage: whatever needs the log has to wait until a person has repaired it, and no message is to blame.
 */
export class LogCorruptedError extends ZantaraError {
  constructor(message: string) {
    super(`the log is damaged: ${message}`, {
      code: 'log-corrupted',
      kind: 'unavailable',
      remediation: 'Stop writing, keep the database as it is, and restore the log from a backup.',
    });
  }
}

/** A checkpoint says that more was handled than the log holds, as after the log was replaced. */
export class CheckpointAheadError extends ZantaraError {
  constructor(name: string, checkpoint: number, head: number) {
    super(`checkpoint ${name} is at ${checkpoint}, but the log ends at ${head}`, {
      code: 'checkpoint-ahead',
      kind: 'invalid',
      remediation: 'Find out which log the checkpoint belongs to; reset the checkpoint only if its reader starts afresh too.',
    });
  }
}

/** The registered upcasters don't lead from every old schema version to the newest one. */
export class InvalidUpcastersError extends ZantaraError {
  constructor(message: string) {
    super(message, {
      code: 'invalid-upcasters',
      kind: 'invalid',
      remediation: 'Register exactly one upcaster for each step from a schema version to the next.',
    });
  }
}

/**
 * The log holds an event of a schema version that this program doesn't know, as while a newer release runs beside it.
 * It counts as an outage: whatever needs the event waits until this program is replaced, and nothing is to blame that led to it.
 */
export class UnknownSchemaVersionError extends ZantaraError {
  constructor(type: string, version: number, newest: number) {
    super(`event type ${type} has schema version ${version} in the log, but ${newest} is the newest known here`, {
      code: 'unknown-schema-version',
      kind: 'unavailable',
      remediation: 'Run a release that is at least as new as the one that wrote the event.',
    });
  }
}

/** A checkpoint only ever moves forward, between whole positions. */
export class InvalidCheckpointMoveError extends ZantaraError {
  constructor(name: string, from: number, to: number) {
    super(`checkpoint ${name} can't move from ${from} to ${to}`, {
      code: 'invalid-checkpoint-move',
      kind: 'invalid',
      remediation: 'Advance to a position after the current one.',
    });
  }
}
