import { type NatsConnection, nkeyAuthenticator } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError, InvalidNkeySeedError, UnsupportedNatsServerError } from './messaging.errors.ts';
import { NatsLink } from './nats-link.ts';
import { BackOff, pause } from './pause.ts';
import { assertSupportedServer } from './server-version.ts';

export interface NatsLinkOptions {
  servers: string | readonly string[];
  /** Shown in the server's connection list and log. */
  name: string;
  /** Content of an nkey seed file. Without one only a server without authentication lets us in. */
  nkeySeed?: string;
  /** Replies come in under this prefix; an agent's credential allows only its own. */
  inboxPrefix?: string;
  log: MessagingLog;
  /** Ends the endless first attempt to connect. */
  signal?: AbortSignal;
}

function toAuthenticator(seed: string): ReturnType<typeof nkeyAuthenticator> {
  const line = seed.trim();
  if (!/^SU[A-Z2-7]{56}$/.test(line)) throw new InvalidNkeySeedError();
  return nkeyAuthenticator(new TextEncoder().encode(line));
}

/**
 * Connects, however long the server takes to appear, and stays connected. An authentication that is refused is retried too:
 * the server may learn of the credential later.
 *
 * @throws UnsupportedNatsServerError | InvalidNkeySeedError, or BrokerUnavailableError when `signal` ends the attempts
 */
export async function connectToNats(options: NatsLinkOptions): Promise<NatsLink> {
  const { log, signal = new AbortController().signal } = options;
  const authenticator = options.nkeySeed === undefined ? undefined : toAuthenticator(options.nkeySeed);
  const backOff = new BackOff(100, 2_000);
  for (let lastError: unknown; !signal.aborted;) {
    try {
      const connection = await connect({
        servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
        name: options.name,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
        ignoreAuthErrorAbort: true,
        pingInterval: 10_000,
        maxPingOut: 2,
        timeout: 5_000,
      });
      return await accept(connection, options);
    } catch (error) {
      if (error instanceof UnsupportedNatsServerError) throw error;
      if (describeError(error) !== describeError(lastError))
        log('warn', 'NATS can not be reached', { error: describeError(error) });
      lastError = error;
      await pause(backOff.next(), signal);
    }
  }
  throw new BrokerUnavailableError('connecting was given up');
}

async function accept(
  connection: NatsConnection,
  { log, inboxPrefix }: Pick<NatsLinkOptions, 'log' | 'inboxPrefix'>,
): Promise<NatsLink> {
  try {
    assertSupportedServer(connection.info ?? { version: 'unknown' });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return new NatsLink(connection, log, inboxPrefix);
}
