import { readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';

interface Word {
  readonly isHealthy: boolean;
  readonly saidAtMs: number;
  /** When it was called healthy last, and then no more. */
  readonly healthyUntilMs: number;
}

/** What agents said of their services, and when the log took it in: this checker's own fold. */
export class StateHistory {
  private readonly words = new Map<string, Word>();

  observe({ type, data, recordedAtMs }: LogEvent): void {
    if (type !== 'ServiceStateChanged') return;
    const id = readText(data, 'service_id');
    const before = this.words.get(id);
    const healthyUntilMs = before?.isHealthy === true ? recordedAtMs : (before?.healthyUntilMs ?? -Infinity);
    this.words.set(id, { isHealthy: readText(data, 'to') === 'healthy', saidAtMs: recordedAtMs, healthyUntilMs });
  }

  /** Whether somebody who looked after this time can have found that its agent calls it healthy. */
  wasHealthyAfter(id: string, sinceMs: number): boolean {
    const word = this.words.get(id);
    return word !== undefined && (word.isHealthy || word.healthyUntilMs >= sinceMs);
  }

  /** When its agent said last what still holds: that it is healthy. */
  findHealthySince(id: string): number | undefined {
    const word = this.words.get(id);
    return word?.isHealthy === true ? word.saidAtMs : undefined;
  }
}
