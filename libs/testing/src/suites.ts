// The suites that every implementation of an interface must pass, and specs that need a browser. A door of their own, as only
// jest can load them.
export { describeInBrowser } from './browser/describe-in-browser.ts';
export { describeEventStoreContract } from './event-store/event-store-contract.ts';
export type { EventStoreSubject } from './event-store/event-store-subject.ts';
