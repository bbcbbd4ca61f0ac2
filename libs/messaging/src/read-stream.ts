import { describeError } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { CoreMessage, NatsLink } from './nats-link.ts';

const BATCH = 500;
const EXPIRES_MS = 5_000;

/**
 * Reads what a stream holds, from its first message to what was its last one when this was called. Nothing is taken away.
 *
 * @throws BrokerUnavailableError
 */
export async function* readStream(link: NatsLink, stream: string): AsyncGenerator<CoreMessage> {
  if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
  try {
    const consumer = await link.jetStream.consumers.get(stream);
    for (let left = (await consumer.info()).num_pending; left > 0;) {
      const before = left;
      for await (const message of await consumer.fetch({ max_messages: Math.min(left, BATCH), expires: EXPIRES_MS })) {
        left -= 1;
        yield { subject: message.subject, data: message.data, header: (name) => message.headers?.get(name) || undefined };
      }
      if (left === before) throw new BrokerUnavailableError(`${stream} gives ${left} of its messages not out`);
    }
  } catch (error) {
    if (error instanceof BrokerUnavailableError) throw error;
    throw new BrokerUnavailableError(`${stream} can't be read: ${describeError(error)}`, error);
  }
}
