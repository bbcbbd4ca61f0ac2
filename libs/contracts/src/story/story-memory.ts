import type { JsonObject } from '../json.ts';
import { Fields } from './fields.ts';

interface Known {
  target?: string;
  agent?: string;
  requiredClean?: number;
  attempts?: number;
  verdict?: string;
}

/** Most ids that are remembered; a tail runs for weeks. */
const MAX_KNOWN = 3000;

/** By which an event may name what an earlier one described, the closest first. */
const KEYS = ['command_id', 'fix_id', 'incident_id'] as const;

const keysOf = (data: Fields): string[] =>
  KEYS.flatMap((name) => {
    const id = data.find(name);
    return id === undefined ? [] : [`${name} ${id}`];
  });

/** What events leave unsaid because an earlier one said it: the target, the agent, how many clean probes it takes, how often was acted, what was found. */
export class StoryMemory {
  private readonly known = new Map<string, Known>();

  learn(source: JsonObject): void {
    const data = new Fields(source);
    const [target, agent, verdict] = [data.find('target'), data.find('agent_id'), data.find('verdict')];
    const [requiredClean, attempts] = [data.number('required_clean'), data.number('attempts')];
    const learnt: Known = {
      ...this.findOf(data),
      ...(target === undefined ? {} : { target }),
      ...(agent === undefined ? {} : { agent }),
      ...(requiredClean === undefined ? {} : { requiredClean }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(verdict === undefined ? {} : { verdict }),
    };
    for (const key of keysOf(data)) this.remember(key, learnt);
  }

  findOf(data: Fields): Known {
    const key = keysOf(data).find((candidate) => this.known.has(candidate));
    return (key === undefined ? undefined : this.known.get(key)) ?? {};
  }

  /** A map keeps the order in which its keys came: the first is forgotten first. */
  private remember(key: string, learnt: Known): void {
    this.known.set(key, learnt);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }
}
