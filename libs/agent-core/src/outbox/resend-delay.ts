const FIRST_RESEND_MS = 30_000;
const LAST_RESEND_MS = 600_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

const doubling = (firstMs: number, lastMs: number, times: number): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(30, Math.max(0, times - 1)));

/** After the n-th broker acknowledgement without a receipt: 30 s, doubling to 10 min. */
export const computeResendDelayMs = (unreceipted: number): number => doubling(FIRST_RESEND_MS, LAST_RESEND_MS, unreceipted);

/** After the n-th failure to reach the broker: 0.5 s, doubling to 30 s. */
export const computeRetryDelayMs = (failures: number): number => doubling(FIRST_RETRY_MS, LAST_RETRY_MS, failures);
