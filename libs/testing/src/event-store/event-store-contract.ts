import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import type { Checkpoints, EventStore, Upcasters } from '#libs/event-store';
import { describeAppending } from './appending-contract.ts';
import { describeChain } from './chain-contract.ts';
import { describeCheckpoints } from './checkpoints-contract.ts';
import { describeExpectations } from './expectations-contract.ts';
import { describeIdempotency } from './idempotency-contract.ts';
import { describeReading } from './reading-contract.ts';
import { describeSubscriptions } from './subscription-contract.ts';

/** What the suite works with. Every call of `open` is a further store on the same log, as in another process; the suite closes it. */
export interface EventStoreSubject {
  open(options?: { upcasters?: Upcasters }): EventStore & { readonly replacedCharacters: number };
  readonly checkpoints: Checkpoints;
  dispose(): Promise<void>;
}

/** The tests get at the subject through this, for it is made only when they run. */
export type GetSubject = () => EventStoreSubject;

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
    describeCheckpoints(getSubject);
    describeSubscriptions(getSubject);
  });
}
