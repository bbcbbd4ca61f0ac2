import {
  AGENT_CLASSES,
  agentSubject,
  commandConsumerName,
  commandSubject,
  controlSubject,
  FEEDS,
  feedSubject,
  intakeConsumerName,
  jetStreamName,
  type JetStreamStream,
  MESSAGE_KINDS,
  receiptSubject,
} from '../subject-names.ts';
import type { PublishedMessage } from './wire-messages.ts';

/** A subject with its placeholders, and how its messages travel. */
export interface Channel {
  message: PublishedMessage['name'];
  /** `zt.{tenant}.cmd.{agentId}` */
  address: string;
  parameters: readonly ('tenant' | 'agentClass' | 'agentId' | 'feed')[];
  /** From the orchestrator's point of view. */
  action: 'receive' | 'send';
  /** The JetStream stream that holds the messages; none for what only whoever listens gets. */
  stream?: string;
  /** The durable pull consumer through which they are read. */
  consumer?: string;
}

/** Names that are valid in a subject and easily found in it again. */
const TENANT = 'tenant-placeholder';
const AGENT = 'agent-placeholder';

/** The addresses come from the functions that everybody uses, so they can't differ from what is sent. */
const toAddress = (subject: string): string =>
  subject
    .replace(TENANT, '{tenant}')
    .replace(AGENT, '{agentId}')
    .replace(`.${AGENT_CLASSES[0]}.`, '.{agentClass}.')
    .replace(`.feed.${FEEDS[0]}`, '.feed.{feed}');

const streamOf = (stream: JetStreamStream): string => jetStreamName(TENANT, stream).replace('TENANT_PLACEHOLDER', '{TENANT}');

const INTAKE = { report: 'reports', result: 'results', heartbeat: 'signals', metric: 'signals' } as const;

/** Every subject between agents and the orchestrator, and the feeds. */
export const CHANNELS: readonly Channel[] = [
  ...MESSAGE_KINDS.map((kind): Channel => ({
    message: kind,
    address: toAddress(agentSubject({ tenant: TENANT, agentClass: AGENT_CLASSES[0], agentId: AGENT }, kind)),
    parameters: ['tenant', 'agentClass', 'agentId'],
    action: 'receive',
    stream: streamOf(INTAKE[kind]),
    consumer: intakeConsumerName(INTAKE[kind]),
  })),
  {
    message: 'command',
    address: toAddress(commandSubject(TENANT, AGENT)),
    parameters: ['tenant', 'agentId'],
    action: 'send',
    stream: streamOf('commands'),
    consumer: commandConsumerName(AGENT).replace(AGENT, '{agentId}'),
  },
  {
    message: 'receipt',
    address: toAddress(receiptSubject(TENANT, AGENT)),
    parameters: ['tenant', 'agentId'],
    action: 'send',
  },
  {
    message: 'control',
    address: toAddress(controlSubject(TENANT)),
    parameters: ['tenant'],
    action: 'send',
    stream: streamOf('control'),
  },
  {
    message: 'feed',
    address: toAddress(feedSubject(TENANT, FEEDS[0])),
    parameters: ['tenant', 'feed'],
    action: 'send',
    stream: streamOf('feed'),
  },
];
