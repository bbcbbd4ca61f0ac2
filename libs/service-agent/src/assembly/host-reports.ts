import { v7 as uuid } from 'uuid';
import {
  copyJsonObject,
  type MonotonicClock,
  type Outbox,
  type OutboxItem,
  redactJsonObject,
  ReportInvalidError,
  ReportNotStoredError,
  ReportTooLargeError,
} from '#libs/agent-core';
import { countUtf8Bytes, type JsonObject, type WireError, ZantaraError } from '#libs/contracts';
import { validateReport } from '#libs/contracts/schemas';

/** What the program around an agent saw: an error of the wire protocol. The agent makes up the id and the time that are left out. */
export type HostError = Omit<WireError, 'id' | 'timestamp'> & Partial<Pick<WireError, 'id' | 'timestamp'>>;

export interface HostReportsOptions {
  readonly outbox: Pick<Outbox, 'add'>;
  readonly clock: MonotonicClock;
  readonly maxItemBytes: number;
  readonly onStored: () => void;
  readonly onRefused: (code: string) => void;
}

/** So many wait for the disk at most: a host that reports in a loop fills no memory. */
const MAX_WAITING = 1_000;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

interface SizedItem {
  readonly item: OutboxItem;
  readonly bytes: number;
}

/** Takes reports of the program around the agent. Whatever is handed in, nothing but a typed error comes back. */
export class HostReports {
  private waiting = 0;
  private waitingBytes = 0;

  constructor(private readonly options: HostReportsOptions) {}

  /** The host may leave the promise alone: a refusal is counted, and no rejection of its ends the process. */
  report(error: HostError): Promise<string> {
    const reported = this.store(error).catch((failure: unknown) => {
      const refusal = failure instanceof ZantaraError ? failure : new ReportNotStoredError('the agent failed', failure);
      this.options.onRefused(refusal.code);
      throw refusal;
    });
    reported.catch(() => undefined);
    return reported;
  }

  private async store(error: unknown): Promise<string> {
    if (this.waiting >= MAX_WAITING) throw new ReportNotStoredError(`${MAX_WAITING} reports wait for the disk`);
    const { item, bytes } = this.toItem(error);
    if (this.waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new ReportNotStoredError(`${this.waitingBytes} bytes of reports wait for the disk`);
    }
    this.waiting += 1;
    this.waitingBytes += bytes;
    try {
      if (!(await this.options.outbox.add(item))) throw new ReportNotStoredError('the outbox is full of graver ones');
    } catch (failure) {
      throw failure instanceof ZantaraError ? failure : new ReportNotStoredError('the disk does not take it', failure);
    } finally {
      this.waiting -= 1;
      this.waitingBytes -= bytes;
    }
    this.options.onStored();
    return item.id;
  }

  private toItem(given: unknown): SizedItem {
    const { clock, maxItemBytes } = this.options;
    const error = completeError(copyJsonObject(given, maxItemBytes));
    const redacted = {
      ...error,
      data: { ...redactJsonObject(error.data).value },
      context: { ...redactJsonObject(error.context).value },
    };
    const body = { error: redacted };
    // Again, as a marker may be longer than what it hides.
    const bytes = countUtf8Bytes(JSON.stringify(body));
    if (bytes > maxItemBytes) throw new ReportTooLargeError(maxItemBytes);
    const observed = { epoch: clock.epoch, ms: clock.nowMs() };
    return { item: { id: error.id, kind: 'report', severity: error.severity, body, observed }, bytes };
  }
}

/** @throws ReportInvalidError */
function completeError(given: JsonObject): WireError {
  const report = validateReport({ error: { id: uuid(), timestamp: new Date().toISOString(), context: {}, ...given } });
  if (!report.valid) throw new ReportInvalidError(report.reason);
  return report.value.error;
}
