import { killService } from '../outages/reporter.ts';
import { Caretaker } from './caretaker.ts';
import type { Stage } from './stage.ts';
import type { Turmoil } from './turmoil.ts';

/** One after the other, so that each has the time to be healed. */
const EACH_MS = 4_000;

/** Services fail in turn, and a person mends what was given up. */
export class ServiceFaults {
  /** How many services have failed that worked before. */
  failed = 0;
  /** When the last one did; by `performance.now()`. */
  lastAtMs = -Infinity;
  private readonly caretaker: Caretaker;
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(stage: Stage, turmoil: Turmoil) {
    this.caretaker = new Caretaker(stage.keepers, ({ program }) => turmoil.restart(program));
    this.timer = setInterval(() => {
      const service = stage.services[this.turn % stage.services.length];
      this.turn += 1;
      if (service === undefined || !killService(service)) return;
      this.failed += 1;
      this.lastAtMs = performance.now();
    }, EACH_MS);
  }

  /** How often a person had to step in. */
  get mended(): number {
    return this.caretaker.mended;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.caretaker.stop();
  }
}
