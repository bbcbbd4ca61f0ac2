import type { CheckFrame, LedgerReport } from '../evidence.ts';
import { parseObject, readObject, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

const nameOf = (agentId: string, reportId: string): string => `${agentId}/${reportId}`;

/**
 * `report-doubled`: a report is stored once, by the id of its agent and its own.
 * `report-invented`: an agent knows every report that is stored in its name.
 * `report-lost`: what was receipted is stored, or was refused with a reason that is stored. Where every report had time to arrive, what was
 * sent is what is stored, what can't be taken in and has a dead letter, and what a door refused.
 * `broken-report-stored`: nothing is stored of what can't be taken in.
 */
export function createReportLaw({ ledgers, options }: CheckFrame): Law {
  const stored = new Map<string, number>();
  const refused = new Set<string>();
  const known = new Map(ledgers.flatMap(({ agentId, reports }) => (reports === undefined ? [] : [[agentId, toIds(reports)]])));

  function observeReport({ position, stream, data }: LogEvent): Violation[] {
    const agentId = readText(data, 'agent_id');
    const name = nameOf(agentId, readText(readObject(data, 'error'), 'id'));
    const first = stored.get(name);
    const place = { positions: [position], ids: [name] };
    if (first !== undefined)
      return [violation('report-doubled', `${name} is stored at ${first} already`, { ...place, positions: [first, position] })];
    stored.set(name, position);
    if (stream !== `report-${agentId}`) return [violation('report-invented', `${name} stands in ${stream}`, place)];
    const isKnown = known.get(agentId)?.has(name.slice(agentId.length + 1)) ?? true;
    return isKnown ? [] : [violation('report-invented', `the agent knows nothing of ${name}`, place)];
  }

  return {
    observe(event) {
      if (event.type === 'ErrorReported') return observeReport(event);
      if (event.type === 'MessageDeadLettered') refused.add(nameOfRefused(event));
      return [];
    },
    finish() {
      return ledgers.flatMap(({ agentId, reports = [] }) =>
        reports.flatMap(({ reportId, receipted, isBroken = false, wasRefused = false }) => {
          const name = nameOf(agentId, reportId);
          if (isBroken && stored.has(name))
            return [violation('broken-report-stored', `${name} can not be taken in, and is stored`, { ids: [name] })];
          if (stored.has(name) || wasRefused || (!receipted && options.everyReport !== true)) return [];
          // What can be taken in and had time to arrive is stored, whatever was said of it.
          if (refused.has(name) && (isBroken || options.everyReport !== true)) return [];
          const sentence = receipted ? `${name} was receipted and is not stored` : `${name} was taken in and is not stored`;
          return [violation('report-lost', sentence, { ids: [name] })];
        }),
      );
    },
  };
}

const toIds = (reports: readonly LedgerReport[]): ReadonlySet<string> => new Set(reports.map(({ reportId }) => reportId));

/** The sender is a token of the subject; the id is told where the body could be read. */
function nameOfRefused({ data }: LogEvent): string {
  const [, , , agentId = ''] = readText(data, 'subject').split('.');
  const body = parseObject(readText(data, 'body')) ?? {};
  return nameOf(agentId, readText(readObject(body, 'error'), 'id'));
}

/** `dead-letter-without-reason`: whoever finds a dead letter can understand it. */
export function createDeadLetterLaw(): Law {
  const required = ['subject', 'reason_code', 'reason', 'original_sha256'];
  return {
    observe({ type, position, data }) {
      if (type !== 'MessageDeadLettered') return [];
      const missing = required.filter((name) => readText(data, name).trim() === '');
      if (missing.length === 0) return [];
      const sentence = `a dead letter tells no ${missing.join(', no ')}`;
      return [violation('dead-letter-without-reason', sentence, { positions: [position] })];
    },
  };
}
