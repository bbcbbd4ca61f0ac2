import { type EscalatedIncident, type EscalationMessage, explainReason } from '#libs/contracts';
import type { StrategyRegistry } from '#libs/fix-strategies';
import type { Escalation } from '../escalation.ts';
import { nameOfRoot } from '../root-cause.ts';
import { listNextCommands } from './next-commands.ts';

/** The most that a receiver is sent, in bytes. */
export const MAX_MESSAGE_BYTES = 65_536;
/** Beyond these nobody reads on; there is a list. */
export const MAX_INCIDENTS = 20;
const MAX_SERVICES = 100;

/** What a person is told. Of too many incidents the later ones are left out until the message fits. */
export function composeMessage(
  escalation: Escalation,
  incidents: readonly EscalatedIncident[],
  registry: StrategyRegistry,
): EscalationMessage {
  const message = compose(escalation, incidents.slice(0, MAX_INCIDENTS), registry);
  const told = message.data.incidents.length;
  const isTooLong = Buffer.byteLength(JSON.stringify(message)) > MAX_MESSAGE_BYTES;
  return isTooLong && told > 0 ? composeMessage(escalation, incidents.slice(0, Math.floor(told / 2)), registry) : message;
}

function compose(escalation: Escalation, incidents: EscalatedIncident[], registry: StrategyRegistry): EscalationMessage {
  const { id, root, kind, state, reasonCode, raisedAtMs, services, incidentIds } = escalation;
  const raisedAt = new Date(raisedAtMs).toISOString();
  const [since = raisedAt] = [raisedAt, ...incidents.map(({ opened_at }) => opened_at)].sort();
  return {
    type: 'escalation.raised',
    timestamp: raisedAt,
    data: {
      escalation_id: id,
      root,
      kind,
      state,
      summary: summarise(escalation),
      since,
      reason_code: reasonCode,
      reason: explainReason(reasonCode),
      services: services.slice(0, MAX_SERVICES),
      incident_count: incidentIds.length,
      incidents,
      next: listNextCommands(escalation, incidents, registry),
    },
  };
}

function summarise({ root, kind, services, reasonCode, storm }: Escalation): string {
  const name = nameOfRoot(root);
  switch (kind) {
    case 'service':
      return `${name} needs a person: ${explainReason(reasonCode)}`;
    case 'agent':
      return `${name} is silent, and nobody knows how ${services.slice(0, MAX_SERVICES).join(', ')} is`;
    case 'storm':
      return `${storm?.failingTargets ?? 0} of ${storm?.allTargets ?? 0} targets show ${name} at once: nothing is done to them any more`;
  }
}
