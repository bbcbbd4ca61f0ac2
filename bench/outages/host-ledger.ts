import { type AgentLedger, readAgentLedger } from '#libs/testing';
import type { Reporter } from './reporter.ts';

/**
 * What the agent's host handed over, which no agent can be wrong about. What was taken in counts as if its receipt had come: from
 * then on it must not be lost.
 */
export function readHostLedger({ agentId, ledger, stateDir }: Reporter): AgentLedger {
  const taken = new Set(ledger.read('taken'));
  const reports = ledger.read('intended').map((reportId) => ({ reportId, receipted: taken.has(reportId) }));
  return { ...readAgentLedger(stateDir, agentId), reports };
}
