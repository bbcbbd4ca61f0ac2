import { ZantaraError } from '#libs/contracts';

/** NATS, or JetStream in it, does not answer, is full, or has lost the stream: the same message may be sent again later. */
export class BrokerUnavailableError extends ZantaraError {
  constructor(what: string, cause?: unknown) {
    super(`NATS is not available: ${what}`, {
      code: 'broker-unavailable',
      kind: 'unavailable',
      remediation: 'Nothing is lost: it is sent again. If it lasts, look at the log of nats-server and at its disk.',
      cause,
    });
  }
}

/** The server knows who we are and says no. Sending again changes nothing. */
export class PublishRefusedError extends ZantaraError {
  constructor(subject: string, cause?: unknown) {
    super(`NATS refuses a message on ${subject}`, {
      code: 'publish-refused',
      kind: 'invalid',
      remediation: 'Check the permissions of this NATS user, and that the message is below max_payload.',
      cause,
    });
  }
}

/** The stream doesn't end where the publisher believed: somebody else published, or the stream lost its end. */
export class UnexpectedSequenceError extends ZantaraError {
  constructor(subject: string, cause?: unknown) {
    super(`the stream behind ${subject} does not end where it was expected to`, {
      code: 'unexpected-sequence',
      kind: 'unavailable',
      remediation: 'Nothing is lost: the publisher looks where the stream ends and goes on from there.',
      cause,
    });
  }
}

/** The server is too old, or runs without JetStream. */
export class UnsupportedNatsServerError extends ZantaraError {
  constructor(found: string) {
    super(`this NATS server can't be used: ${found}`, {
      code: 'unsupported-nats-server',
      kind: 'invalid',
      remediation: 'Run nats-server 2.10 or newer with JetStream enabled.',
    });
  }
}

/** A stream that is there was made for another purpose. No server changes that in place, and we throw nobody's messages away. */
export class StreamRetentionError extends ZantaraError {
  constructor(stream: string, found: string, wanted: string) {
    super(`the stream ${stream} keeps its messages by ${found}, but ${wanted} is needed`, {
      code: 'stream-retention-differs',
      kind: 'invalid',
      remediation:
        'Stop everything that writes to it, delete it with `nats stream rm`, then start the orchestrator: it makes it anew.',
    });
  }
}

/** The seed is not an nkey seed. The seed itself is never part of the message. */
export class InvalidNkeySeedError extends ZantaraError {
  constructor(cause?: unknown) {
    super('the NATS credential is not an nkey seed', {
      code: 'invalid-nkey-seed',
      kind: 'invalid',
      remediation: 'Give the file that the launcher or `nk -gen user` wrote: one line that begins with SU.',
      cause,
    });
  }
}

/** Throw it from a handler: the message is wrong, stays wrong, and goes to the dead letters at once. */
export class InvalidMessageError extends ZantaraError {
  constructor(
    readonly reasonCode: string,
    reason: string,
    cause?: unknown,
  ) {
    super(reason, {
      code: 'invalid-message',
      kind: 'invalid',
      remediation: 'Correct the sender, then requeue the dead letter if its content still matters.',
      cause,
    });
  }
}

/** The handler did not say what is to become of each message: a bug in the handler, counted as a crash. */
export class UnsettledMessagesError extends ZantaraError {
  constructor(consumer: string) {
    super(`the handler of ${consumer} did not return one settlement per message`, {
      code: 'unsettled-messages',
      kind: 'rejected',
      remediation: 'Return an array with ack(), retryLater() or deadLetter() for each message, in their order.',
    });
  }
}
