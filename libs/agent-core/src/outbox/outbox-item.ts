import { countUtf8Bytes, type JsonObject, MAX_ITEM_BYTES, type Severity } from '#libs/contracts';
import type { Instant } from '../monotonic-clock.ts';

/** What waits for its receipt: one report (id of its error) or one result (`<command id>:<phase>`). */
export interface OutboxItem {
  readonly id: string;
  readonly kind: 'report' | 'result';
  readonly severity: Severity;
  readonly body: JsonObject;
  readonly observed: Instant;
}

/** queued → sent → broker-acked → removed by the receipt; back to queued when sending failed or the receipt stays away. */
export type Delivery =
  | { readonly state: 'queued'; readonly dueMs: number }
  | { readonly state: 'sent' }
  | { readonly state: 'broker-acked'; readonly dueMs: number };

export interface OutboxEntry {
  readonly item: OutboxItem;
  /** Of its body, as JSON in UTF-8. */
  readonly bytes: number;
  delivery: Delivery;
  attempts: number;
  /** Failed sendings running. */
  failures: number;
  /** Broker acknowledgements without a receipt. */
  unreceipted: number;
}

const sizeOf = (item: OutboxItem): number => countUtf8Bytes(JSON.stringify(item.body));

/** Whether a message can carry it at all; what can't would be refused by the broker for ever. */
export const isSendable = (entry: OutboxEntry): boolean => entry.bytes <= MAX_ITEM_BYTES;

export const createEntry = (item: OutboxItem, nowMs: number): OutboxEntry => ({
  item,
  bytes: sizeOf(item),
  delivery: { state: 'queued', dueMs: nowMs },
  attempts: 0,
  failures: 0,
  unreceipted: 0,
});

/** When the entry may be sent; `undefined` while a sending is in flight. */
export const dueAt = (entry: OutboxEntry): number | undefined =>
  entry.delivery.state === 'sent' ? undefined : entry.delivery.dueMs;

const RANK: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

/** Results outrank all reports: a lost one leaves a command without an outcome. */
export const rankOf = (item: OutboxItem): number => (item.kind === 'result' ? 4 : RANK[item.severity]);
