import { Injectable } from '@nestjs/common';
import type { IncidentEpisode } from '../../incidents/incident.ts';
import { IncidentsService } from '../../incidents/incidents.service.ts';
import { unchangedSince } from '../../platform/log/fold-stream.ts';
import { type Cause, Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { VerdictRevoked } from '../saga/fix.events.ts';
import { FixesService } from '../saga/fixes.service.ts';

/** A fault that returns within this time, in milliseconds, wasn't healed. */
const REVOCATION_WINDOW_MS = 3_600_000;

/** Takes a success back when the same fault is back soon after. */
@Injectable()
export class FixRevoker {
  constructor(
    private readonly log: Log,
    private readonly incidents: IncidentsService,
    private readonly fixes: FixesService,
  ) {}

  async revokeEarlierSuccess({ incidentId, openedAt, evidence }: IncidentEpisode, cause: Cause): Promise<void> {
    const previous = await this.incidents.findPreviousSuccess(incidentId);
    if (previous === undefined) return;
    const afterMs = Date.parse(openedAt) - previous.resolvedAtMs;
    if (afterMs > REVOCATION_WINDOW_MS) return;
    for (;;) {
      const fix = await this.fixes.load(previous.fixId);
      if (fix.state?.verdict !== 'verified' || fix.state.isRevoked) return;
      // Anybody may report the same fault; of the fix only the service's own agent speaks.
      if (evidence.agent_id !== fix.state.agentId) return;
      const revoked: VerdictRevoked = {
        type: 'VerdictRevoked',
        data: { fix_id: previous.fixId, revoked: 'verified', because_incident_id: incidentId, after_ms: afterMs },
      };
      const result = await this.log.append({
        actor: 'healing',
        key: `revoke:${previous.fixId}`,
        correlationId: fix.state.incidentId,
        cause,
        writes: [{ stream: logStreams.fix(previous.fixId), expected: unchangedSince(fix), events: [revoked] }],
      });
      if (result.status !== 'conflict') return;
    }
  }
}
