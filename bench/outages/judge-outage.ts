import { readAgentLedger, type Violation } from '#libs/testing';
import { secretOf } from '../agents/planted-secret.ts';
import { checkInstallation } from '../installation/check-installation.ts';
import type { LogWatch } from '../installation/log-watch.ts';
import { readHostLedger } from './host-ledger.ts';
import type { Scene } from './outage.ts';
import { judgeStarts, readServiceStarts } from './service-starts.ts';

export interface OutageFindings {
  /** Reports that the agents took in. */
  taken: number;
  /** Of them not in the log. */
  lost: number;
  /** In the log more than once. */
  doubled: number;
  /** In the log, and no agent knows of it. */
  invented: number;
  /** All messages were good, so none may be here. */
  deadLetters: number;
  /** Fixes that came to no end. */
  openFixes: number;
  /** Of any law that the checker knows, the three above among them. */
  violations: readonly Violation[];
}

/** Counts against the ledgers of the agents, and lets the checker look at all of it. */
export async function judgeOutage({ installation, fixer, reporters }: Scene, log: LogWatch): Promise<OutageFindings> {
  const head = await log.awaitReaders();
  const own = reporters.map(readHostLedger);
  const ledgers = [...own, readAgentLedger(fixer.stateDir, fixer.agentId)];
  const secrets = ledgers.map(({ agentId }) => secretOf(agentId));
  const options = { everyFixEnded: true, readThrough: head, secrets };
  const violations = [
    ...(await checkInstallation(installation, { ledgers, options })),
    ...judgeStarts([fixer, ...reporters].flatMap(readServiceStarts)),
  ];
  const countOf = (code: Violation['code']): number =>
    violations.filter((violation) => violation.code === code).reduce((sum, { ids }) => sum + Math.max(1, ids.length), 0);
  return {
    taken: own.flatMap(({ reports = [] }) => reports).filter(({ receipted }) => receipted).length,
    lost: countOf('report-lost'),
    doubled: countOf('report-doubled'),
    invented: countOf('report-invented'),
    deadLetters: await log.count("SELECT count(*) FROM events WHERE type = 'MessageDeadLettered'"),
    openFixes: countOf('open-saga'),
    violations,
  };
}
