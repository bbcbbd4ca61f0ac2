import { Fields } from './fields.ts';
import type { JsonObject } from '#libs/contracts';

interface KnownFix {
  target?: string;
  agent?: string;
  requiredClean?: number;
}

/** Most fixes that are remembered; a tail runs for weeks. */
const MAX_KNOWN = 1000;

/** What the events of a fix leave unsaid because an earlier one said it: its target, and how many clean probes it takes. */
export class FixMemory {
  private readonly known = new Map<string, KnownFix>();

  learn(data: JsonObject): void {
    const fields = new Fields(data);
    const fixId = fields.find('fix_id');
    if (fixId === undefined) return;
    const [target, agent, requiredClean] = [fields.find('target'), fields.find('agent_id'), fields.number('required_clean')];
    this.known.set(fixId, {
      ...this.find(fixId),
      ...(target === undefined ? {} : { target }),
      ...(agent === undefined ? {} : { agent }),
      ...(requiredClean === undefined ? {} : { requiredClean }),
    });
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }

  find(fixId: string | undefined): KnownFix {
    return (fixId === undefined ? undefined : this.known.get(fixId)) ?? {};
  }
}
