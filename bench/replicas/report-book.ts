import type { AgentLedger } from '#libs/testing';

/** A report as the wire takes it. */
export interface SentReport {
  readonly id: string;
  readonly body: object;
}

type Reports = Exclude<AgentLedger['reports'], undefined>;

/** As our agents do: what has no receipt by then is sent again. */
const AGAIN_AFTER_MS = 30_000;

/** What an agent has reported, and what of it is receipted. */
export class ReportBook {
  /** How many times something was sent again. */
  sentAgain = 0;
  private readonly waiting = new Map<string, { report: SentReport; sentAtMs: number }>();
  private readonly ids: string[] = [];

  constructor(private readonly send: (report: SentReport) => void) {}

  add(report: SentReport): void {
    this.ids.push(report.id);
    this.sendNow(report);
  }

  receipt(ids: readonly string[]): void {
    for (const id of ids) this.waiting.delete(id);
  }

  /** To be asked now and then. */
  sendDue(): void {
    const dueMs = performance.now() - AGAIN_AFTER_MS;
    for (const { report, sentAtMs } of this.waiting.values()) {
      if (sentAtMs > dueMs) continue;
      this.sentAgain += 1;
      this.sendNow(report);
    }
  }

  get unreceipted(): number {
    return this.waiting.size;
  }

  get ledger(): Reports {
    return this.ids.map((reportId) => ({ reportId, receipted: !this.waiting.has(reportId) }));
  }

  private sendNow(report: SentReport): void {
    this.waiting.set(report.id, { report, sentAtMs: performance.now() });
    this.send(report);
  }
}
