import { JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { ConsumerDefinition } from './consumer-definitions.ts';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError, StreamRetentionError } from './messaging.errors.ts';
import type { NatsLink } from './nats-link.ts';
import { computeStreamDefinitions, type StreamDefinition } from './stream-definitions.ts';

const STREAM_EXISTS_WITH_OTHER_CONFIGURATION = 10058;
const CONSUMER_EXISTS_WITH_OTHER_CONFIGURATION = 10148;

/**
 * Creates the stream or brings it to this definition; doing it again changes nothing.
 *
 * @throws StreamRetentionError
 */
async function ensureStream(manager: JetStreamManager, definition: StreamDefinition): Promise<void> {
  try {
    await manager.streams.add(definition);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_EXISTS_WITH_OTHER_CONFIGURATION) throw error;
    const { config } = await manager.streams.info(definition.name);
    if (config.retention !== definition.retention)
      throw new StreamRetentionError(definition.name, config.retention, definition.retention);
    await manager.streams.update(definition.name, definition);
  }
}

/**
 * Creates the streams of a tenant that are missing.
 *
 * @throws StreamRetentionError
 */
export async function ensureStreams(link: NatsLink, tenant: string): Promise<void> {
  const manager = await jetstreamManager(link.connection);
  for (const definition of computeStreamDefinitions(tenant)) await ensureStream(manager, definition);
}

/** Creates a consumer, or brings it to this definition; an older release may have left another one. */
export async function ensureConsumer(link: NatsLink, { stream, config }: ConsumerDefinition): Promise<void> {
  const manager = await jetstreamManager(link.connection);
  try {
    await manager.consumers.add(stream, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_EXISTS_WITH_OTHER_CONFIGURATION) throw error;
    await manager.consumers.update(stream, config.durable_name ?? '', config);
  }
}

export interface ProvisionerOptions {
  link: NatsLink;
  tenant: string;
  log: MessagingLog;
  /** Also looked after at this interval, for what no event tells. */
  intervalMs?: number;
}

/**
 * Keeps the streams and consumers of a tenant in existence: made at the start, and again whenever one was deleted, the server
 * came back, or a consumer found its own missing.
 */
export class Provisioner {
  private readonly consumers = new Map<string, ConsumerDefinition>();
  private readonly undo: (() => void)[] = [];
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  constructor(private readonly options: ProvisionerOptions) {}

  /** Wants this consumer from now on. */
  async addConsumer(definition: ConsumerDefinition): Promise<void> {
    this.consumers.set(`${definition.stream}.${definition.name}`, definition);
    await this.ensure();
  }

  removeConsumer(definition: ConsumerDefinition): void {
    this.consumers.delete(`${definition.stream}.${definition.name}`);
  }

  /** Makes everything first, then watches. */
  async start(): Promise<void> {
    await this.ensure();
    const { link, intervalMs = 15_000 } = this.options;
    const again = (): void => void this.ensure().catch(() => undefined);
    const timer = setInterval(again, intervalMs);
    this.undo.push(
      () => clearInterval(timer),
      link.onReconnected(again),
      link.subscribe('$JS.EVENT.ADVISORY.STREAM.DELETED.*', again),
      link.subscribe('$JS.EVENT.ADVISORY.CONSUMER.DELETED.>', again),
    );
  }

  stop(): void {
    for (const take of this.undo.splice(0)) take();
  }

  /**
   * Makes what is missing. Calls while it runs share one further run, so that each caller's wish is seen.
   * @throws BrokerUnavailableError | StreamRetentionError
   */
  ensure(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.run().finally(() => (this.running = undefined));
      return this.running;
    }
    this.queued ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.queued = undefined;
        return this.ensure();
      });
    return this.queued;
  }

  private async run(): Promise<void> {
    const { link, tenant, log } = this.options;
    try {
      await ensureStreams(link, tenant);
      for (const definition of this.consumers.values()) await ensureConsumer(link, definition);
    } catch (error) {
      log('warn', 'streams and consumers could not be made', { error: describeError(error) });
      if (error instanceof StreamRetentionError) throw error; // waiting won't mend it
      throw new BrokerUnavailableError('streams and consumers could not be made', error);
    }
  }
}
