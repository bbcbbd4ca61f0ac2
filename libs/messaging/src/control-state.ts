import { jetstreamManager } from '@nats-io/jetstream';
import { controlSubject, jetStreamName } from '#libs/contracts';
import { describeError } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { CoreMessage, NatsLink } from './nats-link.ts';

/**
 * The last control state, read directly from its stream: what an agent does before it takes any command. Not parsed: the
 * signature is verified first.
 *
 * @throws BrokerUnavailableError
 */
export async function readControlState(link: NatsLink, tenant: string): Promise<CoreMessage | undefined> {
  if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
  try {
    // checkAPI: an agent may not ask for the account's limits.
    const manager = await jetstreamManager(link.connection, { checkAPI: false });
    const subject = controlSubject(tenant);
    const stored = await manager.direct.getMessage(jetStreamName(tenant, 'control'), { last_by_subj: subject });
    if (stored === null) return undefined;
    return { subject, data: stored.data, header: (name) => stored.header.get(name) || undefined };
  } catch (error) {
    throw new BrokerUnavailableError(`the control state can't be read: ${describeError(error)}`, error);
  }
}
