import type { JsonObject } from '#libs/contracts';

/** What is to be appended: the same as into our log. */
export interface PeerWork {
  eventsPerAppend: number;
  type: string;
  metadata: JsonObject;
  takePayload(): JsonObject;
  createId(): string;
}

/** Another event store, in a database of its own. */
export interface Peer {
  /** Each client appends to a stream of its own, new for each call. */
  appender(work: PeerWork): (client: number) => Promise<void>;
  close(): Promise<unknown>;
}
