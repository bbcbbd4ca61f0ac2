import { type DynamicModule, Module } from '@nestjs/common';
import { type Strategy, STRATEGIES } from '#libs/fix-strategies';
import { AccessModule } from './access/access.module.ts';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { DecisionsModule } from './decisions/decisions.module.ts';
import { StrategiesModule } from './decisions/strategies.module.ts';
import { EscalationsModule } from './escalations/escalations.module.ts';
import { HealingModule } from './healing/healing.module.ts';
import { IncidentsModule } from './incidents/incidents.module.ts';
import { IntakeModule } from './intake/intake.module.ts';
import { OperationsModule } from './operations/operations.module.ts';
import type { Configuration } from './platform/config/configuration.ts';
import { PlatformModule } from './platform/platform.module.ts';
import { READ_MODELS } from './read-models.ts';
import { ReadSideModule } from './read-side/read-side.module.ts';
import { ReadSideThread } from './read-side/read-side-thread.ts';

export interface AppOptions {
  /** What it may try; the strategies of the product unless told. */
  readonly strategies?: readonly Strategy[] | undefined;
  /** Read models and the feed on a thread of their own, with the settings of this process; among all else unless told. */
  readonly hasReadSideThread?: boolean;
}

/** The orchestrator, in the order of its loop. */
@Module({})
export class AppModule {
  static with(config: Configuration, { strategies = STRATEGIES, hasReadSideThread = false }: AppOptions = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, READ_MODELS),
        StrategiesModule.with(strategies),
        AccessModule,
        CatalogueModule,
        IntakeModule,
        IncidentsModule,
        DecisionsModule,
        HealingModule,
        EscalationsModule,
        ...(hasReadSideThread ? [] : [ReadSideModule]),
        OperationsModule,
      ],
      providers: hasReadSideThread ? [ReadSideThread] : [],
    };
  }
}
