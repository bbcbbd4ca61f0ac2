import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#libs/testing';
import { RunningLauncher } from '../../test/launcher/running-launcher.ts';
import { atMost, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { median } from '../report/median.ts';

const HELP = `npm run startup -- [--rounds N]

Runs npm start on a state of its own, once on nothing and then again and again, until it says that it is ready:
PostgreSQL, nats-server, the orchestrator, three services with their agents, and the users.

  --rounds N    warm starts (5)`;

/** From the command to its word that all is ready, in seconds. */
async function timeStart(stateDir: string, port: number): Promise<number> {
  const startedAt = performance.now();
  const launcher = new RunningLauncher(stateDir, [], { PORT: String(port) });
  try {
    await launcher.ready();
    return (performance.now() - startedAt) / 1000;
  } finally {
    if (!launcher.hasEnded) await launcher.end('SIGTERM');
  }
}

async function measure({ options, say }: MeasurementContext): Promise<Measured> {
  const count = readCount(options, 'rounds', 5);
  const stateDir = mkdtempSync(join(tmpdir(), 'zantara-startup-'));
  chmodSync(stateDir, 0o755); // PostgreSQL, which doesn't run as root, must get through
  const port = await freePort();
  const warm: number[] = [];
  try {
    const first = await timeStart(stateDir, port);
    say(`on nothing: ${first.toFixed(1)} s`);
    for (let round = 1; round <= count; round++) {
      warm.push(await timeStart(stateDir, port));
      say(`again: ${warm.at(-1)?.toFixed(1)} s`);
    }
    return {
      figures: [
        measured({ name: 'on an empty state', unit: 's' }, first),
        atMost({ name: 'warm, median', unit: 's' }, median(warm), 10),
      ],
      rounds: warm.map((seconds) => ({ seconds })),
    };
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

await runMeasurement({ name: 'startup', help: HELP, options: { rounds: { type: 'string' } }, measure });
