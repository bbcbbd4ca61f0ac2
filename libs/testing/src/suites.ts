// The suites that every implementation of an interface must pass. A door of their own, as only jest can load them.
export { describeEventStoreContract } from './event-store/event-store-contract.ts';
export type { EventStoreSubject } from './event-store/event-store-subject.ts';
