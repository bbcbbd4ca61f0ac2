import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { IntakeModule } from '../intake/intake.module.ts';
import { IncidentsModule } from '../incidents/incidents.module.ts';
import { ApprovalsController } from './approval/approvals.controller.ts';
import { ApprovalsService } from './approval/approvals.service.ts';
import { CommandRelay } from './commands/command-relay.ts';
import { ControlController } from './control/control.controller.ts';
import { ControlHeartbeat } from './control/control-heartbeat.ts';
import { ControlSwitch } from './control/control-switch.service.ts';
import { StopKeeper } from './control/stop-keeper.ts';
import { DecidedFixesService } from './starting/decided-fixes.service.ts';
import { DeferredDecisions } from './starting/deferred-decisions.service.ts';
import { EscalationReviewer } from './verification/escalation-reviewer.service.ts';
import { ExposureRecords } from './exposures/exposure-records.ts';
import { FixProber } from './verification/fix-prober.service.ts';
import { FixRevoker } from './verification/fix-revoker.service.ts';
import { FixDrafts } from './starting/fix-drafts.service.ts';
import { ForeseenFixes } from './starting/foreseen-fixes.service.ts';
import { FixStarter } from './starting/fix-starter.service.ts';
import { FixesService } from './saga/fixes.service.ts';
import { FleetSlots } from './fleet/fleet-slots.service.ts';
import { HealingProcessor } from './healing.processor.ts';
import { KnownFixes } from './saga/known-fixes.ts';
import { LiveFixes } from './slots/live-fixes.ts';
import { CataloguePolicy } from './policy/catalogue-policy.ts';
import { PolicyController } from './policy/policy.controller.ts';
import { PoliciesService } from './policy/policies.service.ts';
import { Prober } from './verification/probe.ts';
import { RecoveryConfirmer } from './verification/recovery-confirmer.service.ts';
import { ServiceRecoveries } from './verification/service-recoveries.service.ts';
import { SharedLooks } from './verification/shared-looks.ts';
import { SigningKeyHolder } from './signing/signing-key-holder.ts';
import { SlotsService } from './slots/slots.service.ts';
import { StormsService } from './storm/storms.service.ts';
import { SurroundingsService } from './starting/surroundings.service.ts';
import { TargetContextsService } from './starting/target-contexts.service.ts';
import { TargetKnowledge } from './starting/target-knowledge.ts';
import { TimersService } from './saga/timers.service.ts';
import { UndosController } from './undo/undos.controller.ts';
import { UndosService } from './undo/undos.service.ts';

@Module({
  controllers: [ControlController, PolicyController, ApprovalsController, UndosController],
  imports: [CatalogueModule, DecisionsModule, IncidentsModule, IntakeModule],
  providers: [
    ControlSwitch,
    StopKeeper,
    PoliciesService,
    CataloguePolicy,
    SlotsService,
    FleetSlots,
    StormsService,
    SurroundingsService,
    SharedLooks,
    TargetContextsService,
    LiveFixes,
    KnownFixes,
    TargetKnowledge,
    FixesService,
    ApprovalsService,
    ExposureRecords,
    UndosService,
    DecidedFixesService,
    RecoveryConfirmer,
    FixDrafts,
    FixStarter,
    ForeseenFixes,
    FixRevoker,
    ServiceRecoveries,
    EscalationReviewer,
    HealingProcessor,
    SigningKeyHolder,
    CommandRelay,
    ControlHeartbeat,
    Prober,
    FixProber,
    TimersService,
    DeferredDecisions,
  ],
})
export class HealingModule {}
