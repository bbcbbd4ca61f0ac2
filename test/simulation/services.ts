import type { Random } from '#libs/testing';

/** What is wrong with a service, and what helps. */
export interface Fault {
  readonly kind: 'until-restart' | 'for-good' | 'heals-itself' | 'flapping' | 'until-other-pool';
  /** Its process has ended; otherwise it runs and answers badly. */
  readonly hasExited: boolean;
  readonly sinceMs: number;
  /** When what heals itself is well, and what goes up and down stays up. */
  readonly untilMs: number;
}

const FLAP_MS = 9_000;

/** A service of the simulated world: the truth about it, whatever anybody says. */
export class SimService {
  fault: Fault | undefined;
  pool = 'old';
  pid = 100;
  /** It comes up only then. */
  startsUntilMs = 0;
  /** When an orchestrator looked at it and found it up. */
  readonly seenUpAtMs: number[] = [];

  constructor(
    readonly id: string,
    readonly ownerAgent: string,
    readonly needs: readonly SimService[],
    private readonly now: () => number,
  ) {}

  get hasExited(): boolean {
    return this.fault?.hasExited === true && !this.isSound;
  }

  /** Whether its checks pass. */
  get isUp(): boolean {
    return this.isSound && this.now() >= this.startsUntilMs && this.needs.every((one) => one.isUp);
  }

  /** By itself, whatever it needs. */
  private get isSound(): boolean {
    const { fault } = this;
    if (fault === undefined) return true;
    if (fault.kind === 'flapping' && this.now() < fault.untilMs)
      return Math.floor((this.now() - fault.sinceMs) / FLAP_MS) % 2 === 1;
    return fault.untilMs <= this.now();
  }

  restart(random: Random): void {
    this.pid += 1;
    this.startsUntilMs = this.now() + random.fraction() * 3_000;
    if (this.fault?.kind === 'until-restart') this.fault = undefined;
  }

  usePool(pool: string): void {
    this.pool = pool;
    if (this.fault?.kind === 'until-other-pool' && pool === 'new') this.fault = undefined;
  }
}
