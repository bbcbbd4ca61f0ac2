import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { MsgImpl } from '@nats-io/nats-core/internal';
import { BrokerUnavailableError } from './messaging.errors.ts';
import { PulledMessage } from './pulled-message.ts';

export interface PullRequestOptions {
  connection: NatsConnection;
  inboxPrefix: string | undefined;
  stream: string;
  consumer: string;
  /** Most messages, and most bytes of them; the server holds both. */
  batch: number;
  maxBytes: number;
  expiresMs: number;
  onMessage: (message: PulledMessage) => void;
}

const nanos = (ms: number): number => ms * 1_000_000;

/** What the server says when a request has simply come to its end. */
const ORDINARY_ENDS: readonly RegExp[] = [/^404 /, /^408 /, /^409 Batch Completed/i, /^409 Message Size Exceeds MaxBytes/i];

/**
 * One request to a pull consumer, from asking until it has brought what it may, or expired. The client library asks for a number
 * of messages or of bytes; to bound memory without asking for a handful at a time both are needed.
 */
export class PullRequest {
  private readonly subscription: Subscription;
  private received = 0;
  /** The server gives a sign of life four times in each request; without two of them it isn't there. */
  private readonly silence: NodeJS.Timeout;
  private finish: (error?: Error) => void = () => undefined;
  /** Resolves at its ordinary end. @throws BrokerUnavailableError */
  readonly ended: Promise<void>;

  constructor(private readonly options: PullRequestOptions) {
    const { connection, inboxPrefix, stream, consumer, batch, maxBytes, expiresMs } = options;
    const inbox = createInbox(inboxPrefix);
    this.ended = new Promise((resolve, reject) => {
      this.finish = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) this.end(new BrokerUnavailableError('a pull request was refused', error));
        else if (message.subject === inbox) this.onStatus(message);
        else if (message instanceof MsgImpl) this.onMessage(message);
        else this.end(new BrokerUnavailableError('the client library hands out messages without a size'));
      },
    });
    const silent = (): void => this.end(new BrokerUnavailableError('a pull request is not answered'));
    this.silence = setTimeout(silent, expiresMs / 2);
    const request = { batch, max_bytes: maxBytes, expires: nanos(expiresMs), idle_heartbeat: nanos(expiresMs / 4) };
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), { reply: inbox });
  }

  /** Takes nothing more. What is on its way comes again. */
  stop(): void {
    this.end();
  }

  private end(error?: Error): void {
    clearTimeout(this.silence);
    this.subscription.unsubscribe();
    this.finish(error);
  }

  private onMessage(message: MsgImpl): void {
    this.silence.refresh();
    this.received += 1;
    this.options.onMessage(new PulledMessage(message));
    if (this.received >= this.options.batch) this.end();
  }

  private onStatus({ headers }: Msg): void {
    this.silence.refresh();
    const status = `${headers?.code ?? 0} ${headers?.description ?? ''}`;
    if (headers?.code === 100) return;
    if (ORDINARY_ENDS.some((end) => end.test(status))) this.end();
    else this.end(new BrokerUnavailableError(`a pull request ended: ${status}`));
  }
}
