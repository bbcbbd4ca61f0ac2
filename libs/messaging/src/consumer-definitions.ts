import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream';
import { commandConsumerName, commandSubject, intakeConsumerName, jetStreamName } from '#libs/contracts';

export type IntakeStream = 'reports' | 'results' | 'signals';

export interface ConsumerDefinition {
  stream: string;
  name: string;
  config: Partial<ConsumerConfig>;
}

/** A message that is in hand is reported as being worked on three times in this time. */
export const ACK_WAIT_MS = 30_000;

/** Short for commands: one that went to an agent which has just vanished comes again after this time, to its successor. */
export const COMMAND_ACK_WAIT_MS = 2_000;

const base = (name: string, ackWaitMs = ACK_WAIT_MS): Partial<ConsumerConfig> => ({
  durable_name: name,
  ack_policy: AckPolicy.Explicit,
  ack_wait: ackWaitMs * 1_000_000,
  // Never given up by the broker: only settlement.ts gives a message up.
  max_deliver: -1,
});

/** The consumer that all orchestrators share to take in one stream. */
export function intakeConsumer(tenant: string, stream: IntakeStream): ConsumerDefinition {
  const name = intakeConsumerName(stream);
  // Signals of before the start say nothing of now.
  const deliver_policy = stream === 'signals' ? DeliverPolicy.New : DeliverPolicy.All;
  return { stream: jetStreamName(tenant, stream), name, config: { ...base(name), deliver_policy, max_ack_pending: 10_000 } };
}

/** The consumer of one agent's commands. */
export function commandConsumer(tenant: string, agentId: string): ConsumerDefinition {
  const name = commandConsumerName(agentId);
  const config = {
    ...base(name, COMMAND_ACK_WAIT_MS),
    deliver_policy: DeliverPolicy.All,
    filter_subject: commandSubject(tenant, agentId),
    max_ack_pending: 64,
  };
  return { stream: jetStreamName(tenant, 'commands'), name, config };
}
