import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import type { EventStore } from '#libs/event-store';
import { describeAppending } from './appending-contract.ts';
import { describeChain } from './chain-contract.ts';
import { describeCheckpoints } from './checkpoints-contract.ts';
import { describeClock } from './clock-contract.ts';
import type { EventStoreSubject, GetSubject } from './event-store-subject.ts';
import { describeExpectations } from './expectations-contract.ts';
import { describeFollowing } from './following-contract.ts';
import { describeIdempotency } from './idempotency-contract.ts';
import { describeReading } from './reading-contract.ts';
import { describeSubscriptions } from './subscription-contract.ts';
import { describeVersions } from './versions-contract.ts';

/** What every implementation of the event store must do. The log starts empty and is shared by all tests of the suite. */
export function describeEventStoreContract(name: string, create: () => Promise<EventStoreSubject>): void {
  describe(name, () => {
    let subject: EventStoreSubject | undefined;
    beforeAll(async () => {
      subject = await create();
    });
    afterAll(async () => {
      await subject?.dispose();
    });
    const opened: EventStore[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });
    const getSubject: GetSubject = () => {
      const made = subject;
      if (made === undefined) throw new Error('the event store was not made');
      const open: EventStoreSubject['open'] = (options) => {
        const store = made.open(options);
        opened.push(store);
        return store;
      };
      return { ...made, open };
    };
    describeChain(getSubject); // first: it begins with the empty log
    describeAppending(getSubject);
    describeExpectations(getSubject);
    describeIdempotency(getSubject);
    describeReading(getSubject);
    describeFollowing(getSubject);
    describeCheckpoints(getSubject);
    describeSubscriptions(getSubject);
    // Last, because what comes after these would be recorded in the future, or couldn't read the log whole any more.
    describeClock(getSubject);
    describeVersions(getSubject);
  });
}
