import { jetstreamManager } from '@nats-io/jetstream';
import { describeError } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { NatsLink } from './nats-link.ts';

/**
 * What time it is by the clock by which a stream dates its messages. NATS tells it with what it tells of the stream
 * (`ts`, since 2.10).
 *
 * @throws BrokerUnavailableError
 */
export async function readBrokerTime(link: NatsLink, stream: string): Promise<Date> {
  if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
  try {
    const manager = await jetstreamManager(link.connection, { checkAPI: false });
    const { ts } = await manager.streams.info(stream);
    const time = new Date(ts ?? '');
    // By a time that is none, nothing that was stored would have an age.
    if (Number.isNaN(time.getTime())) throw new TypeError(`${String(ts)} is no time`);
    return time;
  } catch (error) {
    throw new BrokerUnavailableError(`the time can't be read: ${describeError(error)}`, error);
  }
}
