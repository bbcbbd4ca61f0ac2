import { restartService } from './restart-service/restart-service.ts';
import type { Strategy } from './strategy.ts';

/** Every strategy there is, in the order in which they are tried when nothing else is known. */
export const STRATEGIES: readonly Strategy[] = [restartService];

/** The strategies of one program, by their ids. */
export class StrategyRegistry {
  /** @param strategies those of the product, unless it is another program */
  constructor(private readonly strategies: readonly Strategy[] = STRATEGIES) {}

  find(id: string): Strategy | undefined {
    return this.strategies.find((strategy) => strategy.id === id);
  }
}
