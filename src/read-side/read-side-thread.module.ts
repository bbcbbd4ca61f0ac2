import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NatsLink } from '#libs/messaging';
import type { Configuration } from '../platform/config/configuration.ts';
import { Database } from '../platform/database/database.ts';
import { provideFoundation } from '../platform/foundation.ts';
import { Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import type { Projection } from '../platform/projections/projection.ts';
import { Projections } from '../platform/projections/projections.ts';
import { ReadSideModule } from './read-side.module.ts';

/** The read side alone, with connections of its own. It appends nothing. */
@Global()
@Module({})
export class ReadSideThreadModule implements OnApplicationShutdown {
  constructor(
    private readonly subscriptions: LogSubscriptions,
    private readonly log: Log,
    private readonly database: Database,
    private readonly link: NatsLink,
    private readonly projections: Projections,
  ) {}

  static with(config: Configuration, readModels: readonly Projection[]): DynamicModule {
    const providers = provideFoundation(config, readModels, 'read-side');
    return { module: ReadSideThreadModule, imports: [ReadSideModule], providers, exports: providers };
  }

  /** Last of all: nobody reads any more, then the connections go. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.stop();
    await this.log.store.close();
    await this.link.close();
    await this.projections.close();
    await this.database.pool.end();
  }
}
