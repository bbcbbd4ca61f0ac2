import { atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement } from '../report/measurement.ts';
import { Installation } from '../installation/installation.ts';
import { type FuzzOutcome, runFuzz } from './run-fuzz.ts';
import { compareFifths } from './vital-signs.ts';

const AGENT = { agentClass: 'service', agentId: 'fuzz-agent' } as const;

const HELP = `npm run fuzz -- [--messages N]

Sends messages to an orchestrator of its own, by an agent's credential: good ones, good ones with something changed, odd ones that
others have collected, and random bytes. Each must be accepted, dead-lettered with a reason, or refused by the broker; the
orchestrator must neither end nor grow.

  --messages N  how many (1000000)`;

async function measure({ options, seed, say }: MeasurementContext): Promise<Measured> {
  const messages = readCount(options, 'messages', 1_000_000);
  const installation = await Installation.start({ agents: [AGENT] });
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

function toFigures(outcome: FuzzOutcome): Figure[] {
  const { total, signs } = outcome;
  const { second, last } = compareFifths(signs);
  const growth = second === undefined || last === undefined ? undefined : last / second;
  return [
    measured({ name: 'sent', unit: 'messages' }, total.sent),
    measured({ name: 'accepted', unit: 'messages' }, total.accepted),
    measured({ name: 'dead-lettered', unit: 'messages' }, total.deadLettered),
    measured({ name: 'refused by the broker', unit: 'messages' }, total.refused),
    measured({ name: 'known to the broker', unit: 'messages' }, total.repeated),
    exactly({ name: 'unaccounted', unit: 'messages' }, total.unaccounted, 0),
    exactly({ name: 'samples missing', unit: 'samples' }, outcome.missingSamples, 0),
    exactly({ name: 'unreadable reasons', unit: 'dead letters' }, outcome.unreadableReasons, 0),
    exactly({ name: 'ends of the orchestrator', unit: 'times' }, outcome.isAlive ? 0 : 1, 0),
    exactly({ name: 'readiness failures', unit: 'times' }, outcome.readinessFailures, 0),
    measured({ name: 'rate', unit: 'messages/s' }, outcome.messagesPerSecond),
    measured({ name: 'processor time of the orchestrator', unit: 'ms/1000 messages' }, processorMsPer1000(outcome)),
    atMost({ name: 'memory, last fifth against second', unit: 'ratio' }, growth, 1.25),
    atMost({ name: 'memory, last fifth', unit: 'MiB' }, last, 512),
    measured({ name: 'event loop blocked at most', unit: 'ms' }, Math.max(...signs.map(({ loopLagMs }) => loopLagMs))),
    measured({ name: 'append queue at most', unit: 'events' }, Math.max(...signs.map(({ waitingEvents }) => waitingEvents))),
    measured({ name: 'slowest checkpoint behind the log at the end', unit: 'events' }, signs.at(-1)?.readerLag),
  ];
}

/** What the rate would be on a machine that does nothing else follows from it. */
function processorMsPer1000({ signs, total }: FuzzOutcome): number | undefined {
  const [first, last] = [signs[0], signs.at(-1)];
  return first === undefined || last === undefined ? undefined : ((last.processorMs - first.processorMs) / total.sent) * 1_000;
}

await runMeasurement({ name: 'fuzz', help: HELP, options: { messages: { type: 'string' } }, measure });
