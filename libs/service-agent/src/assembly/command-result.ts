import { type MonotonicClock, type OutboxItem, redactJsonObject, redactText, shortenJson } from '#libs/agent-core';
import type { Command, FixFamily, Result } from '#libs/contracts';
import type { ActionOutcome } from '../executors/executor.ts';

type ResultDetails = Omit<Result, 'v' | 'agent_id' | 'command_id' | 'phase'>;

export interface ResultAuthor {
  readonly agentId: string;
  readonly maxItemBytes: number;
}

/** What is known of an action beside its outcome. */
export interface ActionFacts {
  readonly durationMs: number;
  /** Its executor can take it back. */
  readonly canBeUndone: boolean;
}

const MAX_DETAIL_CHARACTERS = 4_000;
/** A control character in JSON. */
const MOST_BYTES_OF_CHARACTER = 6;

const FAMILIES: readonly FixFamily[] = ['retry', 'reload', 'restart', 'patch'];

export const createResult = (
  agentId: string,
  commandId: string,
  phase: Result['phase'],
  details: ResultDetails = {},
): Result => ({ v: 1, agent_id: agentId, command_id: commandId, phase, ...details });

/** How an action ended, without secrets. Its success is a claim of this agent's; the orchestrator checks for itself. */
export function createOutcomeResult(
  { agentId, maxItemBytes }: ResultAuthor,
  command: Command,
  outcome: ActionOutcome,
  { durationMs, canBeUndone }: ActionFacts,
): Result {
  const { succeeded, reasonCode, detail, evidence } = outcome;
  // Half of it is for the evidence, a quarter for the detail; the rest is small.
  const detailCharacters = Math.min(MAX_DETAIL_CHARACTERS, Math.floor(maxItemBytes / 4 / MOST_BYTES_OF_CHARACTER));
  const family = FAMILIES.find((known) => command.strategy.startsWith(`${known}/`));
  return createResult(agentId, command.command_id, succeeded ? 'succeeded' : 'failed', {
    duration_ms: durationMs,
    evidence: { ...shortenJson(redactJsonObject(evidence).value, maxItemBytes / 2) },
    ...(reasonCode === undefined ? {} : { reason_code: reasonCode }),
    ...(detail === undefined ? {} : { detail: redactText(detail).value.slice(0, detailCharacters) }),
    ...(family === undefined
      ? {}
      : {
          fix: {
            strategy: family,
            auto_applied: command.approvals.length === 0,
            success: succeeded,
            rollback_available: succeeded && canBeUndone,
          },
        }),
  });
}

/** The id by which the orchestrator receipts a result. */
export const resultId = ({ command_id, phase }: Pick<Result, 'command_id' | 'phase'>): string => `${command_id}:${phase}`;

export const toOutboxItem = (result: Result, clock: MonotonicClock): OutboxItem => ({
  id: resultId(result),
  kind: 'result',
  severity: 'critical',
  body: result,
  observed: { epoch: clock.epoch, ms: clock.nowMs() },
});
