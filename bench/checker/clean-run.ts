import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentLedger, loadSettledEvidence, type LogEvidence, readAgentLedger } from '#libs/testing';
import { Installation } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { createReporter, type Reporter } from '../outages/reporter.ts';
import { writeReporterCatalogue } from '../outages/reporter-catalogue.ts';
import { readHostLedger } from '../outages/host-ledger.ts';

/** Two have a service that is killed; the third one only reports, as a report of its own agent speaks against a fix. */
const AGENTS = ['fixer-1', 'fixer-2', 'reporter'] as const;
const REPORT_INTERVAL_MS = 100;

const PROCESS = `
SELECT payload::jsonb->>'pid' AS pid FROM events
WHERE type = 'ServiceStateChanged' AND payload::jsonb->>'service_id' = $1 AND payload::jsonb->>'to' = 'healthy'
ORDER BY position DESC LIMIT 1`;
const ENDED = `
SELECT FROM events WHERE type IN ('FixHealed', 'FixEscalated') AND payload::jsonb->>'incident_id' IN (
  SELECT payload::jsonb->>'incident_id' FROM events WHERE type = 'IncidentOpened' AND payload::jsonb->>'target' = $1)`;

/** An installation of its own on which two services are killed and healed while another agent reports; nothing goes wrong else. */
export async function runClean(secondKillAfterMs: number): Promise<LogEvidence> {
  const cast: Reporter[] = [];
  const installation = await Installation.start({
    agents: AGENTS.map((agentId) => ({ agentClass: 'service' as const, agentId })),
    writeCatalogue: async (servers) => {
      for (const agentId of AGENTS) {
        const options = agentId === 'reporter' ? { agentId, intervalMs: REPORT_INTERVAL_MS } : { agentId };
        cast.push(await createReporter(servers, options));
      }
      return writeReporterCatalogue(servers, cast);
    },
  });
  try {
    await Promise.all(cast.map(({ program }) => program.start()));
    return await killAndSettle(installation.logUrl, cast, secondKillAfterMs);
  } finally {
    await Promise.all(cast.map(({ program }) => program.stop()));
    await installation.stop();
  }
}

async function killAndSettle(logUrl: string, cast: readonly Reporter[], secondKillAfterMs: number): Promise<LogEvidence> {
  const [first, second, reporter] = cast;
  if (first === undefined || second === undefined || reporter === undefined) throw new Error('somebody is missing');
  const log = new LogWatch(logUrl);
  try {
    await kill(log, first);
    await sleep(secondKillAfterMs);
    await kill(log, second);
    for (const {
      services: [service],
    } of [first, second])
      await log.until(ENDED, [service.id], 60_000);
  } finally {
    await log.close();
  }
  process.kill(reporter.program.pid, 'SIGUSR2');
  return loadSettledEvidence(logUrl, () => [...[first, second].map(ledgerOfAgent), readHostLedger(reporter)]);
}

async function kill(log: LogWatch, { services: [service] }: Reporter): Promise<void> {
  const { pid } = await log.until<{ pid: string }>(PROCESS, [service.id], 60_000);
  process.kill(Number(pid), 'SIGKILL');
}

const ledgerOfAgent = ({ agentId, stateDir }: Reporter): AgentLedger => readAgentLedger(stateDir, agentId);
