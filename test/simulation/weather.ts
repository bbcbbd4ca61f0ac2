import type { Random } from '#libs/testing';

/** How rough a world is: shares of what goes wrong, each by itself. */
export interface Roughness {
  readonly lost: number;
  readonly doubled: number;
  readonly slow: number;
  /** How late a slow message is, at most. */
  readonly slowestMs: number;
  /** Commits of which nobody hears, and those that don't take place. */
  readonly commitInDoubt: number;
  readonly commitRefused: number;
  /** Probes that fail although the service is well. */
  readonly probeLost: number;
}

export const CALM: Roughness = {
  lost: 0,
  doubled: 0,
  slow: 0,
  slowestMs: 0,
  commitInDoubt: 0,
  commitRefused: 0,
  probeLost: 0,
};

/** What becomes of a message on its way. */
export interface Passage {
  /** When each copy of it arrives; none where it is lost. */
  readonly delaysMs: readonly number[];
  /** It keeps its place among those of the same sender. */
  readonly isInOrder: boolean;
}

export class Weather {
  roughness: Roughness = CALM;

  constructor(private readonly random: Random) {}

  chance(share: number): boolean {
    return share > 0 && this.random.chance(share);
  }

  /** A way over the network or to the disk. */
  shortWayMs(): number {
    return 0.2 + this.random.fraction() * 2;
  }

  pass(): Passage {
    const { lost, doubled, slow, slowestMs } = this.roughness;
    if (this.chance(lost)) return { delaysMs: [], isInOrder: true };
    const copies = this.chance(doubled) ? 2 : 1;
    const isSlow = this.chance(slow);
    const delaysMs = Array.from({ length: copies }, () => this.shortWayMs() + (isSlow ? this.random.fraction() * slowestMs : 0));
    return { delaysMs, isInOrder: !isSlow };
  }
}
