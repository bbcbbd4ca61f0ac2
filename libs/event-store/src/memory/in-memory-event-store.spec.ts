import { describeEventStoreContract } from '#libs/testing';
import { InMemoryCheckpoints } from './in-memory-checkpoints.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';
import { InMemoryLog } from './in-memory-log.ts';

describeEventStoreContract('in-memory event store', async () => {
  const log = new InMemoryLog();
  return {
    open: (options) => new InMemoryEventStore({ ...options, log }),
    checkpoints: new InMemoryCheckpoints(),
    dispose: async () => undefined,
  };
});
