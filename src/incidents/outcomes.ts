import type { DecisionMade } from '../decisions/decision.events.ts';
import type { FixAbandoned, FixCommanded, FixEscalated, FixHealed } from '../healing/saga/fix.events.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import type { IncidentCommand } from './incident.commands.ts';

/** What becomes of a fix, or of the wish for one. */
export type Outcome = FixCommanded | FixHealed | FixEscalated | FixAbandoned | DecisionMade;

/** What it means for the incident; `undefined` where it means nothing. */
export function toCommand(event: Recorded<Outcome>): IncidentCommand | undefined {
  switch (event.type) {
    case 'FixCommanded':
      if (event.data.attempt > 1 || event.data.undoes !== undefined) return undefined;
      return {
        type: 'StartHealing',
        incidentId: event.metadata.correlation_id ?? '',
        fixId: event.data.fix_id,
        strategy: event.data.strategy,
      };
    case 'FixHealed': {
      const { incident_id: incidentId, fix_id: fixId, strategy } = event.data;
      return { type: 'ResolveIncident', incidentId, fixId, strategy, resolvedAtMs: event.recordedAt.getTime() };
    }
    case 'FixEscalated': {
      const { incident_id: incidentId, fix_id: fixId, reason_code: reasonCode, not_undone: notUndone } = event.data;
      return { type: 'EscalateIncident', incidentId, fixId, reasonCode, leavesUndone: notUndone !== undefined };
    }
    case 'FixAbandoned':
      return { type: 'ReopenIncident', incidentId: event.data.incident_id, reasonCode: 'next-strategy' };
    case 'DecisionMade':
      if (event.data.verdict !== 'escalate') return undefined;
      return { type: 'EscalateIncident', incidentId: event.data.incident_id, reasonCode: event.data.reason_code };
  }
}
