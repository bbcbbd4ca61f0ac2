import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { Installation } from '../installation/installation.ts';
import { toFigures } from './figures.ts';
import { HEAP_LIMIT_FLAG, HEAP_LIMIT_MIB } from './heap-limit.ts';
import { runFuzz } from './run-fuzz.ts';

const AGENT = { agentClass: 'service', agentId: 'fuzz-agent' } as const;

const HELP = `npm run fuzz -- [--messages N]

Sends messages to an orchestrator of its own, by an agent's credential: good ones, good ones with something changed, odd ones that
others have collected, and random bytes. Each must be accepted, dead-lettered with a reason, or refused by the broker; the
orchestrator must not end, with a heap of ${HEAP_LIMIT_MIB} MiB for whatever it doesn't let go.

  --messages N  how many (1000000)`;

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const messages = readCount(options, 'messages', 1_000_000);
  const installation = await Installation.start({ agents: [AGENT], nodeFlags: [HEAP_LIMIT_FLAG] });
  try {
    const { servers, url, orchestrator, logUrl } = installation;
    const { pid } = orchestrator;
    say(`the orchestrator listens at ${url} (pid ${pid})`);
    const outcome = await runFuzz({
      messages,
      seed,
      nats: servers.nats,
      agent: { tenant: servers.tenant, ...AGENT },
      orchestrator: { url, pid },
      logUrl,
      say,
    });
    return { figures: toFigures(outcome), rounds: [{ ...outcome, signs: outcome.signs.length }] };
  } finally {
    await installation.stop();
  }
}

await runMeasurement({ name: 'fuzz', help: HELP, options: { messages: { type: 'string' } }, measure });
