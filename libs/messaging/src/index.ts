export { type BatchConsumerOptions, type BatchHandler, type RunningConsumer, startBatchConsumer } from './batch-consumer.ts';
export { readBrokerTime } from './broker-time.ts';
export { connectToNats, type NatsLinkOptions } from './connect-to-nats.ts';
export { commandConsumer, type ConsumerDefinition, intakeConsumer, type IntakeStream } from './consumer-definitions.ts';
export { CrashCounts } from './crash-counts.ts';
export { readControlState } from './control-state.ts';
export type { DeadLetter, DeadLetterSink } from './dead-letter.ts';
export type { InboundMessage } from './inbound-message.ts';
export type { LogLevel, MessagingLog } from './log.ts';
export {
  BrokerUnavailableError,
  InvalidMessageError,
  InvalidNkeySeedError,
  PublishRefusedError,
  StreamRetentionError,
  UnexpectedSequenceError,
  UnsettledMessagesError,
  UnsupportedNatsServerError,
} from './messaging.errors.ts';
export { type BrokerAck, type CoreMessage, type IdentifiedMessage, NatsLink, type OutboundMessage } from './nats-link.ts';
export { ensureConsumer, ensureStreams, Provisioner, type ProvisionerOptions } from './provisioner.ts';
export { pullCommands, type PullCommandsOptions } from './pull-commands.ts';
export { readStream } from './read-stream.ts';
export { ack, deadLetter, MAX_CRASHES, retryLater, type Settlement } from './settlement.ts';
export { computeStreamDefinitions, type StreamDefinition } from './stream-definitions.ts';
export { readStreamEnd, type StreamEnd } from './stream-end.ts';
