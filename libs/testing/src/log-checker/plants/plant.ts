import type { LogEvidence } from '../evidence.ts';
import type { Violation, ViolationCode } from '../violation.ts';

/** Where a planted violation has to be found: at least these positions and ids are named. */
export interface PlantedPlace {
  readonly position?: number;
  readonly id?: string;
}

export interface Planted extends PlantedPlace {
  readonly evidence: LogEvidence;
}

/** Takes good evidence of a run in which a service was healed, and breaks one law in it. */
export interface Plant {
  readonly name: string;
  readonly code: ViolationCode;
  plant(evidence: LogEvidence): Planted;
}

/** Whether the planted violation was found: it alone, with its code, at its place. */
export function isFoundAlone({ code }: Plant, { position, id }: PlantedPlace, violations: readonly Violation[]): boolean {
  const [found] = violations;
  if (found === undefined || violations.length > 1 || found.code !== code) return false;
  return (position === undefined || found.positions.includes(position)) && (id === undefined || found.ids.includes(id));
}
