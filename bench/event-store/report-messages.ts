import type { Report } from '#libs/contracts';
import { createEventId } from '../../src/platform/log/create-event-id.ts';

/** Who reports, in the catalogue of the orchestrator. */
export const AGENT = { agentClass: 'service', agentId: 'bench-agent' } as const;
export const REPORTS_PER_MESSAGE = 50;

/** What the parts of a report that vary make of it, in bytes of JSON: about 520. */
const FRAMES = ['reconcile', 'commit', 'dispatch'].map((name, line) => ({
  module: 'app/cart/checkout',
  function: name,
  context_line: `${name}(order, step${line})`,
  in_app: true,
}));

function createReport(number: number): Report {
  return {
    error: {
      id: createEventId(),
      timestamp: '2026-01-01T00:00:00.000Z',
      source: 'backend-checkout',
      type: 'js-error',
      severity: 'low',
      data: { message: `order ${number} has no step ${number % 7}`, exception_type: 'TypeError', frames: FRAMES },
      context: { instance: 'one', path: '/cart/checkout' },
    },
  };
}

/** Bodies of messages of the protocol. No report is like another one, nor was sent before. */
export const createMessages = (count: number): Buffer[] =>
  Array.from({ length: count }, () => {
    const items = Array.from({ length: REPORTS_PER_MESSAGE }, (_, number) => createReport(number));
    return Buffer.from(JSON.stringify({ v: 1, agent_id: AGENT.agentId, release: 'shop@1.2.3', items }));
  });
