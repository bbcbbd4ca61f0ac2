import { restartService } from './restart-service/restart-service.ts';
import type { Strategy } from './strategy.ts';

/** Every strategy there is, in the order in which they are tried when nothing else is known. */
export const STRATEGIES: readonly Strategy[] = [restartService];

export const findStrategy = (id: string): Strategy | undefined => STRATEGIES.find((strategy) => strategy.id === id);
