import { CHAIN_HASH_VERSION, createPool, verifyLog } from '#libs/event-store';
import { withClient } from '#libs/testing';
import { atLeast, exactly } from '../report/figure.ts';
import { medianOf, takeTurns } from './contest.ts';
import { appendToLog, openLog } from './our-log.ts';
import { measurePace } from './pace.ts';
import type { Part } from './stage.ts';

const EVENTS = 1_000_000;
const FILLERS = { clients: 4_000, eventsPerAppend: 1 };
const STATEMENT_TIMEOUT_MS = 3_600_000;

interface Verification {
  eventsPerSecond: number;
  findings: number;
}

/** How fast a whole log is held against its hashes, heads, keys and an anchor. */
export const measureVerify: Part = async (stage) => {
  const { createDatabase, opened, say } = stage;
  const { appUrl: connectionString, ownerUrl } = await createDatabase('log');
  const log = opened(openLog(connectionString));
  await measurePace(appendToLog(log, FILLERS), { appends: EVENTS });
  say(`verify: a log of ${EVENTS} events is there`);
  await withClient(ownerUrl, (client) => client.query('VACUUM (ANALYZE) events, append_keys, stream_heads, chain, lanes'));
  const { position, chainHash, recordedAt } = await log.head();
  const anchors = [
    {
      logId: await log.logId(),
      position,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt?.toISOString() ?? '',
    },
  ];
  const pool = createPool({ connectionString, maxConnections: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  opened({ close: () => pool.end() });
  const verify = async (): Promise<Verification> => {
    const startedMs = performance.now();
    const { events, findings } = await verifyLog({ pool, anchors });
    return { eventsPerSecond: (1000 * events) / (performance.now() - startedMs), findings: findings.length };
  };
  const rounds = await takeTurns({ verify }, stage);
  return {
    figures: [
      atLeast(
        { name: 'verify of the chain', unit: 'events/s' },
        medianOf(rounds, (round) => round['verify']?.eventsPerSecond),
        100_000,
      ),
      exactly(
        { name: 'verify: findings in a sound log', unit: 'findings' },
        Math.max(...rounds.map((round) => round['verify']?.findings ?? 1)),
        0,
      ),
    ],
    rounds: rounds.map((round) => ({ part: 'verify', ...round })),
  };
};
