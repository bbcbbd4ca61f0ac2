import type { ErrorReported } from '../intake/intake.events.ts';
import type { DescribedFault } from './incident.commands.ts';
import { computeIncidentKey } from './incident-key.ts';

/** Describes the fault of a report; the same one again is the same object, as a storm would have it hashed thousands of times a second. */
export class KnownFaults {
  private readonly byName = new Map<string, DescribedFault>();

  constructor(private readonly most: number) {}

  describe({ fingerprint, target, error }: ErrorReported['data'], ownerAgent: string | undefined): DescribedFault {
    const name = `${fingerprint}\n${target}`;
    const known = this.byName.get(name);
    const { type: errorType, severity } = error;
    if (known?.errorType === errorType && known.severity === severity && known.ownerAgent === ownerAgent) return known;
    const key = known?.key ?? computeIncidentKey(fingerprint, target);
    const described = { key, fingerprint, target, errorType, severity, ownerAgent };
    this.byName.set(name, described);
    const [oldest] = this.byName.keys();
    if (this.byName.size > this.most && oldest !== undefined) this.byName.delete(oldest);
    return described;
  }
}
