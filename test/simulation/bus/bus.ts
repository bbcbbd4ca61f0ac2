import type { MsgImpl } from '@nats-io/nats-core/internal';
import { controlSubject, everyAgentSubject, everyCommandSubject, jetStreamName, type JetStreamStream } from '#libs/contracts';
import type { ConsumerDefinition, CoreMessage } from '#libs/messaging';
import type { Random } from '#libs/testing';
import type { Scheduler } from '../runtime/scheduler.ts';
import { SimProcess } from '../runtime/sim-process.ts';
import type { Passage, Weather } from '../weather.ts';
import { Consumer, type Pull } from './consumer.ts';
import { type StoredMessage, toStatus, toWire } from './stored-message.ts';
import { Stream } from './stream.ts';

const ACK_WAIT_MS = 30_000;
/** JetStream writes to the disk now and then, and says before that it has. */
const UNWRITTEN_MS = 2_000;

/** What a power cut breaks. */
interface Connection {
  disconnect(downMs: number): void;
}

interface Listener {
  readonly owner: SimProcess;
  readonly matches: (subject: string) => boolean;
  readonly hear: (message: CoreMessage) => void;
}

export const toMatcher = (pattern: string): ((subject: string) => boolean) => {
  if (!pattern.includes('*')) return (subject) => subject === pattern;
  const regex = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '[^.]+')}$`);
  return (subject) => regex.test(subject);
};

/** The broker, in memory: streams with their consumers, core messages, and all that can happen to both. */
export class Bus {
  readonly process = new SimProcess('bus');
  readonly links = new Set<Connection>();
  readonly streams = new Map<string, Stream>();
  private listeners: Listener[] = [];
  private lateCommands = { untilMs: 0, byMs: 0 };
  /** Hears what streams take in and hand out. */
  onMessage: (line: () => string) => void = () => undefined;

  constructor(
    readonly tenant: string,
    readonly scheduler: Scheduler,
    readonly weather: Weather,
    private readonly random: Random,
  ) {
    this.addStream('reports', [everyAgentSubject(tenant, 'report')]);
    this.addStream('results', [everyAgentSubject(tenant, 'result')]);
    this.addStream('signals', [everyAgentSubject(tenant, 'heartbeat')]);
    this.addStream('commands', [everyCommandSubject(tenant)]);
    this.addStream('control', [controlSubject(tenant)], false);
  }

  get control(): Stream | undefined {
    return this.streams.get(jetStreamName(this.tenant, 'control'));
  }

  private get commands(): Stream | undefined {
    return this.streams.get(jetStreamName(this.tenant, 'commands'));
  }

  /** Commands that come in within a while are handed out so much later, and after those that come later. */
  delayCommands(forMs: number, byMs: number): void {
    this.lateCommands = { untilMs: this.scheduler.nowMs + forMs, byMs };
  }

  addConsumer({ stream: streamName, name, config }: ConsumerDefinition): void {
    const stream = this.streams.get(streamName);
    if (stream === undefined || stream.consumers.has(name)) return;
    const ackWaitMs = config.ack_wait === undefined ? ACK_WAIT_MS : config.ack_wait / 1_000_000;
    const consumer = new Consumer(name, streamName, config.filter_subject, ackWaitMs);
    stream.consumers.set(name, consumer);
    if (config.deliver_policy === 'new') return;
    consumer.pending.push(...[...stream.messages.values()].filter((message) => consumer.takes(message)));
  }

  subscribe(owner: SimProcess, pattern: string, hear: Listener['hear']): () => void {
    const listener = { owner, matches: toMatcher(pattern), hear };
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  /** What arrives at the server: a stream may take it, and whoever listens hears of it. Tells its number in the stream. */
  take(message: Omit<StoredMessage, 'sequence' | 'storedAtMs'>, expectedLastSequence?: number): number {
    const stream = [...this.streams.values()].find(({ options }) => options.takes(message.subject));
    const { nowMs } = this.scheduler;
    const notBeforeMs =
      stream === this.commands && nowMs < this.lateCommands.untilMs ? nowMs + this.lateCommands.byMs : undefined;
    const stored = stream?.store({ ...message, storedAtMs: nowMs, notBeforeMs }, expectedLastSequence);
    if (stored !== undefined && stored.message === undefined) return stored.sequence;
    if (stored !== undefined) this.onMessage(() => `takes ${message.subject} as ${stored.sequence}`);
    this.tell(message);
    if (stream !== undefined) for (const consumer of stream.consumers.values()) this.pump(stream, consumer, notBeforeMs);
    return stored?.sequence ?? 0;
  }

  pull(streamName: string, consumerName: string, pull: Pull, expiresMs: number): void {
    const stream = this.streams.get(streamName);
    const consumer = stream?.consumers.get(consumerName);
    if (stream === undefined || consumer === undefined) {
      this.scheduler.schedule(1, pull.owner, () => pull.receive(toStatus(pull.inbox, 503, 'no responders')));
      return;
    }
    consumer.pulls.push(pull);
    // A real server gives signs of life in between; an end that comes before they are missed is as good.
    this.scheduler.schedule(expiresMs * 0.45, this.process, () => {
      if (!consumer.pulls.includes(pull)) return;
      consumer.pulls = consumer.pulls.filter((other) => other !== pull);
      this.send(pull, { delaysMs: [0.5], isInOrder: true }, toStatus(pull.inbox, 408, 'Request Timeout'));
    });
    this.pump(stream, consumer);
  }

  /** `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.…`: what becomes of a message. */
  answer(reply: string, text: string): void {
    const [, , streamName = '', consumerName = '', , number] = reply.split('.');
    const stream = this.streams.get(streamName);
    const consumer = stream?.consumers.get(consumerName);
    const sequence = Number(number);
    if (stream === undefined || consumer === undefined) return;
    const delivery = consumer.unacknowledged.get(sequence);
    if (text.startsWith('+WPI')) {
      if (delivery !== undefined) this.watch(stream, consumer, sequence, consumer.ackWaitMs);
    } else if (text.startsWith('-NAK')) {
      const { delay = 0 } = JSON.parse(text.slice(5) || '{}') as { delay?: number };
      this.watch(stream, consumer, sequence, delay / 1_000_000);
    } else stream.acknowledge(consumer, sequence, this.scheduler.nowMs);
  }

  /** Everything that wasn't on the disk is lost, and all connections with it, for a while. */
  cutPower(downMs: number): void {
    for (const stream of this.streams.values()) stream.cutPower(this.scheduler.nowMs - UNWRITTEN_MS * this.random.fraction());
    for (const stream of this.streams.values()) for (const consumer of stream.consumers.values()) consumer.pulls = [];
    for (const link of this.links) link.disconnect(downMs * (0.5 + this.random.fraction()));
  }

  private addStream(stream: JetStreamStream, subjects: readonly string[], isWorkQueue = true): void {
    const matchers = subjects.map(toMatcher);
    const name = jetStreamName(this.tenant, stream);
    const takes = (subject: string): boolean => matchers.some((matches) => matches(subject));
    this.streams.set(name, new Stream({ name, takes, isWorkQueue }));
  }

  private tell(message: Omit<StoredMessage, 'sequence' | 'storedAtMs'>): void {
    for (const { owner, matches, hear } of this.listeners) {
      if (!owner.isAlive || !matches(message.subject)) continue;
      for (const delayMs of this.weather.pass().delaysMs) {
        const { subject, body: data, headers } = message;
        this.scheduler.schedule(delayMs, owner, () => hear({ subject, data, header: (name) => headers[name] }));
      }
    }
  }

  private pump(stream: Stream, consumer: Consumer, againAtMs?: number): void {
    const { nowMs } = this.scheduler;
    if (againAtMs !== undefined) this.scheduler.schedule(againAtMs - nowMs, this.process, () => this.pump(stream, consumer));
    consumer.pulls = consumer.pulls.filter(({ isOpen, left }) => left > 0 && isOpen());
    while (consumer.pulls.length > 0) {
      const message = consumer.takeDue(nowMs);
      if (message === undefined) return;
      this.deliver(stream, consumer, message, this.random.pick(consumer.pulls));
      consumer.pulls = consumer.pulls.filter(({ left }) => left > 0);
    }
  }

  private deliver(stream: Stream, consumer: Consumer, message: StoredMessage, pull: Pull): void {
    const { nowMs } = this.scheduler;
    pull.left -= 1;
    const deliveries = consumer.noteDelivery(message, nowMs + consumer.ackWaitMs);
    this.watch(stream, consumer, message.sequence, consumer.ackWaitMs);
    this.onMessage(() => `hands ${message.subject} ${message.sequence} to ${pull.owner.name}, for the ${deliveries}. time`);
    const nanos = `${Math.floor(message.storedAtMs + Date.now() - nowMs)}000000`;
    const reply = `$JS.ACK.${stream.options.name}.${consumer.name}.${deliveries}.${message.sequence}.${message.sequence}.${nanos}.0`;
    this.send(
      pull,
      this.weather.pass(),
      toWire(message, reply, (to, text) => this.sendAnswer(to, text)),
    );
  }

  private send(pull: Pull, { delaysMs, isInOrder }: Passage, message: MsgImpl): void {
    const { nowMs } = this.scheduler;
    for (const delayMs of delaysMs) {
      const atMs = isInOrder ? Math.max(nowMs + delayMs, pull.arrivesAtMs) : nowMs + delayMs;
      if (isInOrder) pull.arrivesAtMs = atMs;
      this.scheduler.schedule(atMs - nowMs, pull.owner, () => pull.receive(message));
    }
  }

  private sendAnswer(reply: string, text: string): void {
    for (const delayMs of this.weather.pass().delaysMs)
      this.scheduler.schedule(delayMs, this.process, () => this.answer(reply, text));
  }

  /** In as much time it comes again, unless something is said of it before. */
  private watch(stream: Stream, consumer: Consumer, sequence: number, waitMs: number): void {
    const delivery = consumer.unacknowledged.get(sequence);
    if (delivery === undefined) return;
    delivery.untilMs = this.scheduler.nowMs + waitMs;
    this.scheduler.schedule(waitMs, this.process, () => {
      if (consumer.giveUp(sequence, this.scheduler.nowMs)) this.pump(stream, consumer);
    });
  }
}
