/** A message that is given up, with what is needed to understand and to requeue it. */
export interface DeadLetter {
  stream: string;
  consumer: string;
  subject: string;
  sequence: number;
  messageId: string | undefined;
  storedAt: Date;
  deliveries: number;
  reasonCode: string;
  reason: string;
  /** As received. Whoever stores it redacts it first. */
  data: Uint8Array;
}

/** Stores a dead letter. The message is terminated only after this has resolved; storing the same one again must be harmless. */
export type DeadLetterSink = (letter: DeadLetter) => Promise<void>;
