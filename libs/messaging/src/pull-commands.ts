import { commandConsumerName, jetStreamName } from '#libs/contracts';
import { type RunningConsumer, startBatchConsumer } from './batch-consumer.ts';
import { COMMAND_ACK_WAIT_MS } from './consumer-definitions.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { MessagingLog } from './log.ts';
import type { NatsLink } from './nats-link.ts';
import type { Settlement } from './settlement.ts';

export interface PullCommandsOptions {
  link: NatsLink;
  tenant: string;
  agentId: string;
  /** Commands come one at a time, in order. Acknowledge once the journal has it: the journal absorbs repeats. */
  handle: (command: InboundMessage) => Promise<Settlement>;
  log: MessagingLog;
}

/**
 * Receives an agent's commands with nothing but the permissions of an agent: it never asks the server about the consumer, and
 * when that is missing it waits until the orchestrator has made it.
 */
export function pullCommands({ link, tenant, agentId, handle, log }: PullCommandsOptions): RunningConsumer {
  return startBatchConsumer({
    link,
    log,
    stream: jetStreamName(tenant, 'commands'),
    consumer: commandConsumerName(agentId),
    batchSize: 1,
    ackWaitMs: COMMAND_ACK_WAIT_MS,
    pullMs: 3_000, // what an agent that dies leaves behind is gone soon
    handle: async (messages) => Promise.all(messages.map(handle)),
    // An agent has no log to keep it in; what a command came to is told by a result.
    deadLetter: async ({ messageId, reasonCode, reason }) =>
      log('error', 'a command is given up', { messageId, reasonCode, reason }),
  });
}
