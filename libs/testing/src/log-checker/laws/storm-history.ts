import { readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import type { IncidentHistory } from './incident-history.ts';
import type { PolicyHistory } from './policy-history.ts';
import { CLOCKS_MS } from './tolerances.ts';

const SIGHTINGS: ReadonlySet<string> = new Set(['IncidentOpened', 'IncidentGrew', 'IncidentReopened']);

/** Targets that fail alike. */
interface Alike {
  /** When each was seen last, the latest at the end. */
  readonly seenAtMs: Map<string, number>;
  /** Where in the log so many were together that it is a storm; absent where it is none. */
  since?: number | undefined;
}

/**
 * Which storms were told, and which there were whether or not anybody told them: this checker's own count. Its window is shorter than
 * the one that is set by what clocks may differ by, and a target counts when it had been in the catalogue for as long.
 */
export class StormHistory {
  private readonly told = new Set<string>();
  private readonly alike = new Map<string, Alike>();
  private readonly targets = new Map<string, number>();

  constructor(
    private readonly incidents: IncidentHistory,
    private readonly policy: PolicyHistory,
  ) {}

  observe(event: LogEvent): void {
    const { type, data, position, recordedAtMs } = event;
    switch (type) {
      case 'StormDetected':
        this.told.add(readText(data, 'symptom'));
        return;
      case 'StormEnded':
        this.told.delete(readText(data, 'symptom'));
        return;
      case 'ServiceRegistered':
        this.targets.set(readText(data, 'id'), recordedAtMs);
        return;
      case 'ServiceRetired':
        this.targets.delete(readText(data, 'id'));
        return;
      case 'PolicyChanged':
        for (const alike of this.alike.values()) this.count(alike, position, recordedAtMs);
        return;
      default:
        if (SIGHTINGS.has(type)) this.note(event);
    }
  }

  wasTold(symptom: string): boolean {
    return this.told.has(symptom);
  }

  /** Whether somebody who had read up to this position can have counted it. */
  wasOn(symptom: string, readThrough: number, atMs: number): boolean {
    const alike = this.alike.get(symptom);
    if (alike === undefined) return false;
    this.count(alike, Infinity, atMs);
    return alike.since !== undefined && alike.since <= readThrough;
  }

  private note({ data, position, recordedAtMs }: LogEvent): void {
    const fault = this.incidents.findFault(readText(data, 'incident_id'));
    const knownSinceMs = this.targets.get(fault?.target ?? '') ?? Infinity;
    if (fault === undefined || knownSinceMs > recordedAtMs - CLOCKS_MS) return;
    const alike = this.alike.get(fault.symptom) ?? { seenAtMs: new Map<string, number>() };
    this.alike.set(fault.symptom, alike);
    alike.seenAtMs.delete(fault.target);
    alike.seenAtMs.set(fault.target, recordedAtMs);
    this.count(alike, position, recordedAtMs);
  }

  private count(alike: Alike, position: number, nowMs: number): void {
    const sinceMs = nowMs - this.policy.limit('storm_window_ms', '', '') + CLOCKS_MS;
    for (const [target, atMs] of alike.seenAtMs) {
      if (atMs > sinceMs) break;
      alike.seenAtMs.delete(target);
    }
    const failing = alike.seenAtMs.size;
    const isStorm =
      failing >= this.policy.limit('storm_min_targets', '', '') &&
      failing > this.policy.limit('storm_share', '', '') * this.targets.size;
    alike.since = isStorm ? (alike.since ?? position) : undefined;
  }
}
