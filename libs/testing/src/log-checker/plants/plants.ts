import { CLOCK_PLANTS } from './clock-plants.ts';
import { COMMAND_PLANTS } from './command-plants.ts';
import { ESCALATION_PLANTS } from './escalation-plants.ts';
import { GUARD_PLANTS } from './guard-plants.ts';
import { HEALING_PLANTS } from './healing-plants.ts';
import { LEDGER_PLANTS } from './ledger-plants.ts';
import { LOG_PLANTS } from './log-plants.ts';
import type { Plant } from './plant.ts';
import { REPORT_PLANTS } from './report-plants.ts';
import { REPLAY_PLANTS } from './replay-plants.ts';
import { RETURN_PLANTS } from './return-plants.ts';
import { UNDO_PLANTS } from './undo-plants.ts';

/** Every violation that the checker is known to find, each planted alone. */
export const PLANTS: readonly Plant[] = [
  ...LOG_PLANTS,
  ...REPORT_PLANTS,
  ...COMMAND_PLANTS,
  ...GUARD_PLANTS,
  ...REPLAY_PLANTS,
  ...RETURN_PLANTS,
  ...CLOCK_PLANTS,
  ...HEALING_PLANTS,
  ...ESCALATION_PLANTS,
  ...LEDGER_PLANTS,
  ...UNDO_PLANTS,
];
