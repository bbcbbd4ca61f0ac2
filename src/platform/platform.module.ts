import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NatsLink, Provisioner } from '#libs/messaging';
import { AnchorFile } from './anchors/anchor-file.ts';
import { AnchorKeeper } from './anchors/anchor-keeper.ts';
import { AnchorStream } from './anchors/anchor-stream.ts';
import { Configuration } from './config/configuration.ts';
import { Database } from './database/database.ts';
import { provideFoundation } from './foundation.ts';
import { AnswerHeaders } from './http/answer-headers.ts';
import { CrossSiteGuard } from './http/cross-site-guard.ts';
import { HostGuard } from './http/host-guard.ts';
import { Log } from './log/log.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import { AppLogger } from './logging/app-logger.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Projection } from './projections/projection.ts';
import { Projections } from './projections/projections.ts';
import { ReadModelLag } from './projections/read-model-lag.ts';

const provisionerProvider = {
  provide: Provisioner,
  inject: [Configuration, NatsLink, AppLogger],
  useFactory: async (config: Configuration, link: NatsLink, logger: AppLogger): Promise<Provisioner> => {
    const created = new Provisioner({
      link,
      tenant: config.tenant,
      log: (level, message, fields) => logger.say(level, message, fields),
    });
    await created.start();
    return created;
  },
};

const anchorsProvider = {
  provide: AnchorKeeper,
  inject: [Configuration, Log, NatsLink, Metrics, AppLogger],
  useFactory: (config: Configuration, { store }: Log, link: NatsLink, metrics: Metrics, logger: AppLogger): AnchorKeeper =>
    new AnchorKeeper({
      store,
      places: [new AnchorFile(config.anchorFile), new AnchorStream(link, config.tenant)],
      metrics,
      logger,
    }),
};

/** What every module stands on. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(
    private readonly subscriptions: LogSubscriptions,
    private readonly log: Log,
    private readonly database: Database,
    private readonly link: NatsLink,
    private readonly provisioner: Provisioner,
    private readonly projections: Projections,
    private readonly anchors: AnchorKeeper,
  ) {}

  static with(config: Configuration, readModels: readonly Projection[]): DynamicModule {
    const own = [AnswerHeaders, HostGuard, CrossSiteGuard, ReadModelLag, provisionerProvider, anchorsProvider];
    const providers = [...provideFoundation(config, readModels, 'healing'), ...own];
    return { module: PlatformModule, providers, exports: providers };
  }

  /** Last of all, in this order: nobody reads any more, nobody writes, what was written is anchored, then the connections go. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.stop();
    await this.log.store.close();
    await this.anchors.stop();
    this.provisioner.stop();
    await this.link.close();
    await this.projections.close();
    await this.database.pool.end();
  }
}
