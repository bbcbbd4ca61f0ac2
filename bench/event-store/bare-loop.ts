import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { createEmptyDatabase } from '#libs/testing';
import type { Servers } from '../installation/installation.ts';

export const BARE_STREAM = 'bare';
export const BARE_SUBJECT = 'bare.report';

/** A program that does nothing but take reports in and insert them, on the servers of the orchestrator. */
export class BareLoop {
  private stored = 0;

  private constructor(private readonly program: ChildProcess) {
    program.on('message', (stored) => {
      this.stored = Number(stored);
    });
  }

  static async start({ nats, postgres }: Servers): Promise<BareLoop> {
    const manager = await jetstreamManager(await nats.connectRaw('administrator'));
    // As the orchestrator has its own.
    const stream = { retention: RetentionPolicy.Workqueue, storage: StorageType.File };
    await manager.streams.add({ name: BARE_STREAM, subjects: [BARE_SUBJECT], ...stream });
    await manager.consumers.add(BARE_STREAM, { durable_name: BARE_STREAM, ack_policy: AckPolicy.Explicit });
    const { ownerUrl } = await createEmptyDatabase(postgres.urls);
    const program = fork(fileURLToPath(new URL('bare-loop.main.ts', import.meta.url)), [
      nats.url,
      nats.seedFile('administrator'),
      ownerUrl,
    ]);
    await once(program, 'message');
    return new BareLoop(program);
  }

  countStored(): number {
    return this.stored;
  }

  async close(): Promise<void> {
    const ended = once(this.program, 'exit');
    this.program.kill();
    await ended;
  }
}
