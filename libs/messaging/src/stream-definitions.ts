import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import {
  anchorSubject,
  controlSubject,
  everyAgentSubject,
  everyCommandSubject,
  everyFeedSubject,
  jetStreamName,
  MAX_MESSAGE_BYTES,
} from '#libs/contracts';

export type StreamDefinition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects' | 'retention'>;

const MIB = 1024 * 1024;
const nanos = (ms: number): number => ms * 1_000_000;
const MINUTE = nanos(60_000);
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What one consumer takes away. When it is full it refuses new messages. */
const DURABLE = {
  storage: StorageType.File,
  retention: RetentionPolicy.Workqueue,
  discard: DiscardPolicy.New,
  duplicate_window: 2 * MINUTE,
  // Also on a server that would let larger ones in: all that is in hand is bounded by it.
  max_msg_size: MAX_MESSAGE_BYTES,
};

/**
 * The streams of a tenant. Reports, results and commands each have one consumer: what it has acknowledged is gone, so that
 * only what still waits takes room. When they are full they refuse new messages: the agents keep theirs until there is a
 * receipt, so that being full is back-pressure and not loss. Signals are worth something only while they are new.
 */
export const computeStreamDefinitions = (tenant: string): StreamDefinition[] => [
  ...computeStreamsOfAgents(tenant),
  ...computeStreamsOfOrchestrator(tenant),
];

function computeStreamsOfAgents(tenant: string): StreamDefinition[] {
  return [
    {
      ...DURABLE,
      name: jetStreamName(tenant, 'reports'),
      subjects: [everyAgentSubject(tenant, 'report')],
      max_age: 7 * DAY,
      max_bytes: 1024 * MIB,
    },
    {
      ...DURABLE,
      name: jetStreamName(tenant, 'results'),
      subjects: [everyAgentSubject(tenant, 'result')],
      max_age: 7 * DAY,
      max_bytes: 256 * MIB,
    },
    {
      name: jetStreamName(tenant, 'signals'),
      subjects: [everyAgentSubject(tenant, 'heartbeat'), everyAgentSubject(tenant, 'metric')],
      storage: StorageType.Memory,
      // A new consumer begins with what comes after it, which a work queue doesn't offer; age alone keeps this one small.
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      duplicate_window: MINUTE,
      max_msg_size: MAX_MESSAGE_BYTES,
      max_age: 5 * MINUTE,
      max_bytes: 64 * MIB,
    },
  ];
}

function computeStreamsOfOrchestrator(tenant: string): StreamDefinition[] {
  return [
    {
      // A command expires by itself, long before: the age here only bounds what a lost agent leaves behind.
      ...DURABLE,
      name: jetStreamName(tenant, 'commands'),
      subjects: [everyCommandSubject(tenant)],
      max_age: DAY,
      max_bytes: 64 * MIB,
    },
    {
      // One message with the whole state: an agent reads it directly before it takes any command.
      name: jetStreamName(tenant, 'control'),
      subjects: [controlSubject(tenant)],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits, // everybody reads it, nobody takes it away
      discard: DiscardPolicy.Old,
      max_msgs_per_subject: 1,
      allow_direct: true,
    },
    {
      // A window on the log. Everybody reads it by number, nobody takes anything away; what is older is read from the log itself.
      name: jetStreamName(tenant, 'feed'),
      subjects: [everyFeedSubject(tenant)],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      // Each message names the sequence before it; the window only lets two orchestrators that do the same agree at once.
      duplicate_window: nanos(10_000),
      max_msg_size: MAX_MESSAGE_BYTES,
      max_age: 7 * DAY,
      max_bytes: 1024 * MIB,
      allow_direct: true,
    },
    {
      // One a minute while the log grows. When it is full the oldest go: a newer one vouches for all that comes before it.
      name: jetStreamName(tenant, 'anchors'),
      subjects: [anchorSubject(tenant)],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      duplicate_window: 2 * MINUTE,
      max_bytes: 64 * MIB,
      deny_delete: true,
      deny_purge: true,
    },
  ];
}
