import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import type { ErrorReported } from '../intake/intake.events.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import { computeIncidentKey, keyOfIncident } from './incident-key.ts';
import { type Outcome, toCommand } from './outcomes.ts';

export type HandledEvent = ErrorReported | ServiceStateChanged | Outcome;

/** As many outcomes, or recoveries, share their reads and their commit. */
const AT_ONCE = 64;

/**
 * A stretch of the log that is taken in at once. What is about one incident, or about one target, comes in the order of the log: a
 * report before an outcome is counted before it.
 */
export class Wave {
  readonly reports: Recorded<ErrorReported>[] = [];
  readonly outcomes: Recorded<Outcome>[] = [];
  readonly recoveries: Recorded<ServiceStateChanged>[] = [];
  /** Incidents and targets that it says something of. */
  private readonly named = new Set<string>();

  /** Whether it belongs in, or means nothing; if neither, this wave is to be taken in first. */
  add(event: Recorded<HandledEvent>): boolean {
    switch (event.type) {
      case 'ErrorReported':
        return this.addReport(event);
      case 'ServiceStateChanged':
        return event.data.to !== 'healthy' || this.addRecovery(event);
      default:
        return toCommand(event) === undefined || this.addOutcome(event);
    }
  }

  private addReport(event: Recorded<ErrorReported>): boolean {
    const { fingerprint, target } = event.data;
    const isNamed = this.outcomes.length > 0 && this.named.has(computeIncidentKey(fingerprint, target));
    if (isNamed || (this.recoveries.length > 0 && this.named.has(target))) return false;
    this.reports.push(event);
    return true;
  }

  private addRecovery(event: Recorded<ServiceStateChanged>): boolean {
    const { service_id: target } = event.data;
    if (this.outcomes.length > 0 || this.recoveries.length >= AT_ONCE || this.named.has(target)) return false;
    if (this.reports.some(({ data }) => data.target === target)) return false;
    this.named.add(target);
    this.recoveries.push(event);
    return true;
  }

  private addOutcome(event: Recorded<Outcome>): boolean {
    const incidentId = event.metadata.correlation_id;
    if (incidentId === undefined) return true;
    const key = keyOfIncident(incidentId);
    if (this.recoveries.length > 0 || this.outcomes.length >= AT_ONCE || this.named.has(key)) return false;
    if (this.reports.some(({ data }) => computeIncidentKey(data.fingerprint, data.target) === key)) return false;
    this.named.add(key);
    this.outcomes.push(event);
    return true;
  }
}
