import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { ServiceStatesService } from '../catalogue/service-states.service.ts';
import { ServiceIncidents } from '../incidents/service-incidents.service.ts';
import { Clock } from '../platform/clock.ts';
import { Database } from '../platform/database/database.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { decideClose, type Endings } from './escalation.decider.ts';
import type { Escalation } from './escalation.ts';
import { EscalationsService } from './escalations.service.ts';
import { nameOfRoot } from './root-cause.ts';

const SWEEP_MS = 1000;

/** Those that have only incidents that are over; whether that is all of it is looked at one by one. */
const OVER = `
SELECT root FROM escalations AS listed
WHERE state = 'open' AND NOT EXISTS (
  SELECT FROM escalation_incidents AS member LEFT JOIN incidents USING (incident_id)
  WHERE member.escalation_id = listed.escalation_id AND incidents.state IS DISTINCT FROM 'resolved' AND NOT EXISTS (
    SELECT FROM incidents AS later
    WHERE later.service = incidents.service AND later.fingerprint = incidents.fingerprint AND later.episode > incidents.episode
  )
)`;

/** Looks again and again which open escalations are over. What it reads may lag, and then it closes them a moment later. */
@Injectable()
export class EscalationCloser implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly escalations: EscalationsService,
    private readonly incidents: ServiceIncidents,
    private readonly catalogue: CatalogueService,
    private readonly states: ServiceStatesService,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.logger.problem('escalations that are over could not be closed', error))
        .finally(() => (this.sweeping = undefined));
    }, SWEEP_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Closes it if it is over; tells whether it is closed. */
  async closeIfOver(root: string): Promise<boolean> {
    const { state: current } = await this.escalations.load(root);
    if (current?.state !== 'open') return true;
    const endings = await this.findEndings(current);
    const { state } = await this.escalations.change({
      root,
      key: () => `close:${current.id}`,
      decide: (known) => decideClose(known, endings, this.clock.nowMs()),
    });
    return state?.state === 'closed';
  }

  private async sweep(): Promise<void> {
    for (const { root } of await this.database.query<{ root: string }>(OVER)) await this.closeIfOver(root);
  }

  private async findEndings({ kind, root, incidentIds, silentServices }: Escalation): Promise<Endings> {
    const ended = incidentIds.length === 0 ? [] : await this.incidents.findEnded(incidentIds);
    const silent = new Set<string>();
    for (const id of silentServices) if (await this.isSilent(id)) silent.add(id);
    const isStormOn = kind === 'storm' && (await this.escalations.isStormOn(nameOfRoot(root)));
    return { ended: new Set(ended), silent, isStormOn };
  }

  /** Of what the catalogue no longer knows nobody will ever hear. */
  private async isSilent(service: string): Promise<boolean> {
    return this.catalogue.findService(service) !== undefined && (await this.states.load(service)).state === 'unknown';
  }
}
