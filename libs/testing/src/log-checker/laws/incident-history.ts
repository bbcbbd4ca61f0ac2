import { readObject, readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';

const HOUR_MS = 3_600_000;

/** What is known of a fault on a target, in all its episodes. */
interface Fault {
  readonly target: string;
  readonly symptom: string;
  incidentId: string;
  /** The report that it was shown by last. */
  evidenceId: string;
  /** When fixes that were commanded had healed it. */
  healedAtMs: readonly number[];
}

/** What incidents tell of their faults: this checker's own fold. */
export class IncidentHistory {
  private readonly faults = new Map<string, Fault>();
  private readonly commanded = new Set<string>();

  observe(event: LogEvent): void {
    const { type, stream, data, recordedAtMs } = event;
    const fault = this.faults.get(stream);
    switch (type) {
      case 'FixCommanded':
        this.commanded.add(readText(data, 'fix_id'));
        return;
      case 'IncidentOpened':
        this.open(event, fault);
        return;
      case 'IncidentGrew':
        if (fault) fault.evidenceId = readText(readObject(data, 'evidence'), 'report_event_id');
        return;
      case 'IncidentResolved':
        // What was over before anything was done had not worked, and so can't turn out to be futile.
        if (fault && this.commanded.has(readText(data, 'fix_id')))
          fault.healedAtMs = [...fault.healedAtMs.filter((atMs) => atMs > recordedAtMs - HOUR_MS), recordedAtMs];
    }
  }

  /** The fault of an incident, whose latest episode it may not be. */
  findFault(incidentId: string): Readonly<Fault> | undefined {
    return this.faults.get(`incident-${incidentId.slice(0, incidentId.lastIndexOf('-'))}`);
  }

  private open({ stream, data }: LogEvent, before: Fault | undefined): void {
    const evidence = readObject(data, 'evidence');
    this.faults.set(stream, {
      target: readText(data, 'target'),
      symptom: readText(evidence, 'symptom'),
      incidentId: readText(data, 'incident_id'),
      evidenceId: readText(evidence, 'report_event_id'),
      healedAtMs: before?.healedAtMs ?? [],
    });
  }
}
