import { describeEventStoreContract } from '#libs/testing/suites';
import { InMemoryCheckpoints } from './in-memory-checkpoints.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';
import { InMemoryLog } from './in-memory-log.ts';

describeEventStoreContract('in-memory event store', async () => {
  const log = new InMemoryLog();
  let behindMs = 0;
  const now = (): Date => new Date(Date.now() - behindMs);
  return {
    open: (options) => new InMemoryEventStore({ ...options, log, now }),
    checkpoints: new InMemoryCheckpoints(),
    fallBehind: async (ms) => {
      behindMs = ms;
    },
    dispose: async () => undefined,
  };
});
