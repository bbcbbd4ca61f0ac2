import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { IncidentsModule } from '../incidents/incidents.module.ts';
import { CommandRelay } from './command-relay.ts';
import { ControlHeartbeat } from './control-heartbeat.ts';
import { DecidedFixesService } from './decided-fixes.service.ts';
import { EscalationReviewer } from './escalation-reviewer.service.ts';
import { FixRevoker } from './fix-revoker.service.ts';
import { FixStarter } from './fix-starter.service.ts';
import { FixesService } from './fixes.service.ts';
import { HealingProcessor } from './healing.processor.ts';
import { LiveFixes } from './live-fixes.ts';
import { Prober } from './probe.ts';
import { RecoveryConfirmer } from './recovery-confirmer.service.ts';
import { ServiceRecoveries } from './service-recoveries.service.ts';
import { SharedLooks } from './shared-looks.ts';
import { SigningKeyHolder } from './signing-key-holder.ts';
import { SlotsService } from './slots.service.ts';
import { TargetContextsService } from './target-contexts.service.ts';
import { TimersService } from './timers.service.ts';

@Module({
  imports: [CatalogueModule, DecisionsModule, IncidentsModule],
  providers: [
    SlotsService,
    SharedLooks,
    TargetContextsService,
    LiveFixes,
    FixesService,
    DecidedFixesService,
    RecoveryConfirmer,
    FixStarter,
    FixRevoker,
    ServiceRecoveries,
    EscalationReviewer,
    HealingProcessor,
    SigningKeyHolder,
    CommandRelay,
    ControlHeartbeat,
    Prober,
    TimersService,
  ],
})
export class HealingModule {}
