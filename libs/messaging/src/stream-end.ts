import { JetStreamApiError, type JetStreamManager, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { describeError } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { CoreMessage, NatsLink } from './nats-link.ts';

/** How far a stream goes. */
export interface StreamEnd {
  /** Of the last message that was ever stored; 0 for a new stream. */
  lastSequence: number;
  /** The last message that is still there. */
  lastMessage: CoreMessage | undefined;
  /** How long the stream keeps its messages. */
  maxAgeMs: number;
}

const NO_MESSAGE_FOUND = 10037;
const EVERY_SUBJECT = '>';

/**
 * Reads where a stream ends, from the server that takes its messages in and never from one that may lag behind it. Number and message
 * belong together, also while others publish.
 *
 * @throws BrokerUnavailableError
 */
export async function readStreamEnd(link: NatsLink, stream: string): Promise<StreamEnd> {
  if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
  try {
    const manager = await jetstreamManager(link.connection, { checkAPI: false });
    const { state, config } = await manager.streams.info(stream);
    const stored = state.messages === 0 ? null : await readLast(manager, stream);
    return {
      // What was published since the number was read is in the last message.
      lastSequence: Math.max(state.last_seq, stored?.seq ?? 0),
      lastMessage: stored === null ? undefined : toMessage(stored),
      maxAgeMs: config.max_age / 1_000_000,
    };
  } catch (error) {
    throw new BrokerUnavailableError(`the end of ${stream} can't be read: ${describeError(error)}`, error);
  }
}

/** What was there a moment ago may have expired. */
async function readLast(manager: JetStreamManager, stream: string): Promise<StoredMsg | null> {
  try {
    return await manager.streams.getMessage(stream, { last_by_subj: EVERY_SUBJECT });
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === NO_MESSAGE_FOUND) return null;
    throw error;
  }
}

const toMessage = ({ subject, data, header }: StoredMsg): CoreMessage => ({
  subject,
  data,
  header: (name) => header.get(name) || undefined,
});
