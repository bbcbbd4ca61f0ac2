import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { controlSubject, everyAgentSubject, everyCommandSubject, jetStreamName, MAX_MESSAGE_BYTES } from '#libs/contracts';

export type StreamDefinition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects' | 'retention'>;

const MIB = 1024 * 1024;
const nanos = (ms: number): number => ms * 1_000_000;
const MINUTE = nanos(60_000);
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The five streams of a tenant. Reports, results and commands each have one consumer: what it has acknowledged is gone, so that
 * only what still waits takes room. When they are full they refuse new messages: the agents keep theirs until there is a
 * receipt, so that being full is back-pressure and not loss. Signals are worth something only while they are new.
 */
export function computeStreamDefinitions(tenant: string): StreamDefinition[] {
  const durable = {
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    duplicate_window: 2 * MINUTE,
    // Also on a server that would let larger ones in: all that is in hand is bounded by it.
    max_msg_size: MAX_MESSAGE_BYTES,
  };
  return [
    {
      ...durable,
      name: jetStreamName(tenant, 'reports'),
      subjects: [everyAgentSubject(tenant, 'report')],
      max_age: 7 * DAY,
      max_bytes: 1024 * MIB,
    },
    {
      ...durable,
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
    {
      // A command expires by itself, long before: the age here only bounds what a lost agent leaves behind.
      ...durable,
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
  ];
}
