import type { RunningProcess } from '../infra/process.mjs';
import type { BreakableService } from './wounds.mjs';

/** @throws LauncherError */
export function findTarget(
  stateDir: string,
  name: string | undefined,
  list?: () => RunningProcess[],
): { run: { api_url: string }; service: BreakableService };
