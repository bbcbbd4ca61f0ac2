import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { type BatchHandler, type ConsumerStepListener, type RunningConsumer, startBatchConsumer } from '../batch-consumer.ts';
import { intakeConsumer, type IntakeStream } from '../consumer-definitions.ts';
import type { DeadLetterSink } from '../dead-letter.ts';
import type { InboundMessage } from '../inbound-message.ts';
import type { MessagingLog } from '../log.ts';
import { UnsettledMessagesError } from '../messaging.errors.ts';
import type { NatsLink } from '../nats-link.ts';
import type { Provisioner } from '../provisioner.ts';
import { areSettlements } from '../settlement.ts';
import { JETSTREAM, type JetStreamHandlerOptions } from './jetstream-handler.decorator.ts';

export interface JetStreamStrategyOptions {
  link: NatsLink;
  tenant: string;
  provisioner: Provisioner;
  deadLetter: DeadLetterSink;
  log: MessagingLog;
  onStep?: ConsumerStepListener;
}

const STREAMS: readonly IntakeStream[] = ['reports', 'results', 'signals'];

/** Runs the methods that are marked with `@JetStreamHandler`, each on its own pull consumer. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM;
  // Without this Nest logs what a handler throws and the promise resolves: the message would be acknowledged.
  override readonly propagatesEventHandlerErrors = true;
  private readonly running: RunningConsumer[] = [];

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      for (const stream of STREAMS) {
        const handler = this.messageHandlers.get(stream);
        if (handler !== undefined) this.running.push(await this.consume(stream, handler));
      }
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.running.splice(0).map((consumer) => consumer.stop()));
  }

  on(): never {
    throw new Error('the JetStream strategy emits no events; the NATS link does');
  }

  unwrap<T>(): T {
    throw new Error('the JetStream strategy has nothing to unwrap; inject the NATS link');
  }

  private async consume(stream: IntakeStream, handler: MessageHandler): Promise<RunningConsumer> {
    const { link, tenant, provisioner, deadLetter, log, onStep } = this.options;
    const definition = intakeConsumer(tenant, stream);
    await provisioner.addConsumer(definition);
    const how: JetStreamHandlerOptions = handler.extras ?? {};
    return startBatchConsumer({
      link,
      stream: definition.stream,
      consumer: definition.name,
      handle: toBatchHandler(handler, definition.name),
      ensure: () => provisioner.ensure(),
      deadLetter,
      log,
      ...how,
      onStep,
    });
  }
}

/** Nest forgets what the method returns, so it is checked here. */
function toBatchHandler(handler: MessageHandler, consumer: string): BatchHandler {
  const call: (messages: readonly InboundMessage[]) => Promise<unknown> = handler;
  return async (messages) => {
    const result = await call(messages);
    const settlements = isObservable(result) ? await lastValueFrom(result) : result;
    if (!areSettlements(settlements, messages.length)) throw new UnsettledMessagesError(consumer);
    return settlements;
  };
}
