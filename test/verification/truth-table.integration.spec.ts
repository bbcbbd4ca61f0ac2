/** @machine alone */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { describeViolations, checkStoredLog } from '#libs/testing';
import { restartService } from '#libs/fix-strategies';
import { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import { FollowedLog } from './followed-log.ts';
import { ROWS } from './verification-rows.ts';
import { GATEWAY_AGENT, VerifiedService } from './verified-service.ts';

/** All times of the verification are so many times as short as they are in use. */
const FASTER = 3;

let orchestrator: RunningOrchestrator;
let log: FollowedLog;
let services: VerifiedService[];
let verdicts: JsonObject[];

const buildCatalogue = () => ({
  policy: [
    {
      scope: 'global',
      settings: { blast_radius_share: 1, max_live_fixes: 100, storm_min_targets: 1000 },
    },
  ],
  agents: [GATEWAY_AGENT, ...services.map(({ agentId }) => agentId)].map((id) => ({ id, class: 'service' })),
  services: services.map(({ id, agentId, http }) => ({
    id,
    probe_url: `${http.url}/health`,
    // What is late never comes: so much a busy machine may take for what does.
    probe_timeout_ms: 1800,
    single_replica: true,
    owner_agent: agentId,
    autonomy: 'auto',
  })),
});

const { verification } = restartService;
const FAST_RESTART = {
  ...restartService,
  verification: {
    ...verification,
    probeIntervalMs: verification.probeIntervalMs / FASTER,
    maxWindowMs: verification.maxWindowMs / FASTER,
    settlingMs: verification.settlingMs / FASTER,
  },
};

beforeAll(async () => {
  services = await Promise.all(ROWS.map((row, index) => VerifiedService.start(row, index)));
  orchestrator = await RunningOrchestrator.start({}, { catalogue: buildCatalogue(), strategies: [FAST_RESTART] });
  log = new FollowedLog(orchestrator.log);
  verdicts = await Promise.all(services.map((service) => service.verify(orchestrator, log)));
}, 120_000);
afterAll(async () => {
  for (const service of services) service.stop();
  log.stop();
  await orchestrator.stop();
});

describe('the verdict on the fix of a service that was', () => {
  it.each(ROWS.map((row, index) => [row.service, row.what, row.word, index] as const))(
    '%s and %s is %s',
    (_service, _what, word, index) => {
      expect(`${verdicts[index]?.['verdict'] as string} ${verdicts[index]?.['reason_code'] as string}`).toBe(word);
    },
  );
});

describe('the log of all these', () => {
  const find = (what: string): JsonObject | undefined => verdicts[ROWS.findIndex((row) => `${row.service} ${row.what}` === what)];

  it('tells a busy service sooner than probes alone could', () => {
    const verdict = find('busy answers');
    expect(verdict).toMatchObject({ required_clean: 120, exposures: { counted_by: [GATEWAY_AGENT], others: { failed: 0 } } });
    expect(Number(verdict?.['clean_probes'])).toBeLessThan(60);
  });

  it('asks the more of a service the less often it failed', () => {
    expect([find('dead answers'), find('slow is quick')]).toMatchObject([{ required_clean: 6 }, { required_clean: 12 }]);
  });

  it('leaves what retries hide unresolved', async () => {
    const incident = find('masked needs retries')?.['incident_id'];
    const isItsEnd = (type: string): boolean => ['IncidentResolved', 'IncidentEscalated'].includes(type);
    const end = await log.find(({ type, data }) => isItsEnd(type) && data['incident_id'] === incident);
    expect(end).toMatchObject({ reason_code: 'verification-inconclusive' });
  });

  it('breaks no law', async () => {
    expect(describeViolations(await checkStoredLog(orchestrator.databaseUrl))).toBe('');
  });
});
