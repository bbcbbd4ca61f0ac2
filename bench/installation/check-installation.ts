import { createPool, PostgresEventStore } from '#libs/event-store';
import {
  type AgentLedger,
  type CheckedAgainst,
  checkLog,
  checkStoredLog,
  loadSettledEvidence,
  type Violation,
} from '#libs/testing';
import { PROJECTION_POOL } from '../../src/platform/projections/projections.ts';
import { verifyProjection } from '../../src/platform/projections/verify-projection.ts';
import { READ_MODELS } from '../../src/read-models.ts';
import type { Installation } from './installation.ts';

/** What is wrong with the log of an installation, by the laws of the log checker and by the read models' own account. */
export async function checkInstallation(installation: Installation, against: CheckedAgainst): Promise<Violation[]> {
  return [...(await checkStoredLog(installation.logUrl, against)), ...(await checkReadModels(installation))];
}

/** The same of a log that has the time to become quiet, and is then asked for every report, fix and reader. */
export async function checkSettled(installation: Installation, readLedgers: () => readonly AgentLedger[]): Promise<Violation[]> {
  const evidence = await loadSettledEvidence(installation.logUrl, readLedgers);
  return [...checkLog(evidence), ...(await checkReadModels(installation))];
}

/** Each is made anew from this very history, and has to come to what the orchestrator kept up while it was made. */
export async function checkReadModels({ servers }: Pick<Installation, 'servers'>): Promise<Violation[]> {
  const { url: connectionString } = servers.postgres.urls;
  const pool = createPool({ connectionString, ...PROJECTION_POOL });
  const store = new PostgresEventStore({ pool, connectionString });
  try {
    const violations: Violation[] = [];
    for (const projection of READ_MODELS) {
      const { position, rowsMatch, logMatches } = await verifyProjection(projection, { store, pool });
      if (rowsMatch && logMatches === true) continue;
      const sentence = `${projection.name}: rows ${rowsMatch ? 'match' : 'differ'}, log ${logMatches === true ? 'matches' : 'differs'}`;
      violations.push({ code: 'read-model-differs', sentence, positions: [position], ids: [projection.name] });
    }
    return violations;
  } finally {
    await store.close();
    await pool.end();
  }
}
