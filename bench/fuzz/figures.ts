import { atLeast, atMost, exactly, type Figure, measured } from '../report/figure.ts';
import type { FuzzOutcome } from './run-fuzz.ts';
import { HEAP_LIMIT_MIB } from './heap-limit.ts';
import { computeSize } from './vital-signs.ts';

/** What holds for a run of any length. Rates and times are of a machine, so they have no bar. */
export function toFigures(outcome: FuzzOutcome): Figure[] {
  const { total, signs } = outcome;
  return [
    measured({ name: 'sent', unit: 'messages' }, total.sent),
    measured({ name: 'accepted', unit: 'messages' }, total.accepted),
    measured({ name: 'dead-lettered', unit: 'messages' }, total.deadLettered),
    // None is too large for it, so a refusal is a lost connection.
    exactly({ name: 'refused by the broker', unit: 'messages' }, total.refused, 0),
    measured({ name: 'known to the broker', unit: 'messages' }, total.repeated),
    exactly({ name: 'unaccounted', unit: 'messages' }, total.unaccounted, 0),
    atLeast({ name: 'accepted share', unit: '%' }, (100 * total.accepted) / total.sent, 10),
    exactly({ name: 'good ones dead-lettered', unit: 'messages' }, outcome.byMutation['good']?.deadLettered, 0),
    exactly({ name: 'dead letters of a handler that crashed', unit: 'messages' }, outcome.reasons['handler-crashed'] ?? 0, 0),
    exactly({ name: 'reports stored twice', unit: 'reports' }, outcome.doubledReports, 0),
    exactly({ name: 'samples sent less samples stored', unit: 'samples' }, outcome.missingSamples, 0),
    exactly({ name: 'unreadable reasons', unit: 'dead letters' }, outcome.unreadableReasons, 0),
    exactly({ name: `ends of the orchestrator, whose heap is ${HEAP_LIMIT_MIB} MiB`, unit: 'times' }, outcome.isAlive ? 0 : 1, 0),
    exactly({ name: 'readiness failures', unit: 'times' }, outcome.readinessFailures, 0),
    measured({ name: 'rate', unit: 'messages/s' }, outcome.messagesPerSecond),
    measured({ name: 'processor time of the orchestrator', unit: 'ms/1000 messages' }, processorMsPer1000(outcome)),
    atMost({ name: 'memory of the process, last fifth', unit: 'MiB' }, computeSize(signs), 512),
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
