import type { Heartbeat } from '#libs/contracts';

/** Which heartbeat it is of which life of its agent. */
export type HeartbeatPlace = Pick<Heartbeat, 'boot_id' | 'sequence'>;

/** What came of one life of an agent. */
interface Life {
  readonly sequence: number;
  /** How many heartbeats of the agent had come when the latest one of this life came. */
  readonly cameAs: number;
}

/** Fewer may have been on their way while the next life began, or come from a life before that was long on its way itself. */
const ANOTHER_LIFE_GOES_ON = 3;
const LIVES_REMEMBERED = 4;

/** Which heartbeats of each agent came, and so which ones come late. NATS keeps their order; what lies between may not. */
export class HeartbeatOrder {
  /** By agent and life, the one that spoke last at the end. */
  private readonly lives = new Map<string, Map<string, Life>>();

  /** How many later ones of its life came before it; endless for one of a life that is over. What comes late says nothing of now. */
  countLater(agentId: string, { boot_id: bootId, sequence }: HeartbeatPlace): number {
    const lives = this.lives.get(agentId);
    const life = lives?.get(bootId);
    if (lives === undefined || life === undefined) return 0;
    if (countCame(lives) - life.cameAs >= ANOTHER_LIFE_GOES_ON) return Infinity;
    return Math.max(0, life.sequence - sequence);
  }

  /** One has come. */
  note(agentId: string, { boot_id: bootId, sequence }: HeartbeatPlace): void {
    const lives = this.lives.get(agentId) ?? new Map<string, Life>();
    const life = { sequence: Math.max(sequence, lives.get(bootId)?.sequence ?? 0), cameAs: countCame(lives) + 1 };
    lives.delete(bootId);
    lives.set(bootId, life);
    const [oldest] = lives.keys();
    if (lives.size > LIVES_REMEMBERED && oldest !== undefined) lives.delete(oldest);
    this.lives.set(agentId, lives);
  }
}

const countCame = (lives: ReadonlyMap<string, Life>): number => [...lives.values()].at(-1)?.cameAs ?? 0;
