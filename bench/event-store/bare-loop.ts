import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { TestNats } from '#libs/testing';
import { Contender } from './contender.ts';
import type { Stage } from './stage.ts';

export const BARE_STREAM = 'bare';
export const BARE_SUBJECT = 'bare.report';

/** Starts what does nothing but take reports in and insert them; answers how many it has stored so far. */
export async function startBareLoop({ createDatabase, opened }: Stage, nats: TestNats): Promise<() => number> {
  const manager = await jetstreamManager(await nats.connectRaw('administrator'));
  // As the intake has its own.
  const stream = { retention: RetentionPolicy.Workqueue, storage: StorageType.File };
  await manager.streams.add({ name: BARE_STREAM, subjects: [BARE_SUBJECT], ...stream });
  await manager.consumers.add(BARE_STREAM, { durable_name: BARE_STREAM, ack_policy: AckPolicy.Explicit });
  const { ownerUrl } = await createDatabase('nothing');
  const { program } = opened(await Contender.start('bare-loop.main.ts', [nats.url, nats.seedFile('administrator'), ownerUrl]));
  let stored = 0;
  program.on('message', (count) => {
    stored = Number(count);
  });
  return () => stored;
}
