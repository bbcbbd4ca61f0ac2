import { readFileSync } from 'node:fs';
import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createPool, PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { connectToNats, NatsLink, Provisioner } from '#libs/messaging';
import { AnchorFile } from './anchors/anchor-file.ts';
import { AnchorKeeper } from './anchors/anchor-keeper.ts';
import { AnchorStream } from './anchors/anchor-stream.ts';
import { Clock } from './clock.ts';
import { ClockSetter } from './clock-setter.ts';
import { Configuration } from './config/configuration.ts';
import { Database } from './database/database.ts';
import { AnswerHeaders } from './http/answer-headers.ts';
import { CrossSiteGuard } from './http/cross-site-guard.ts';
import { HostGuard } from './http/host-guard.ts';
import { Log } from './log/log.ts';
import { LogHeads } from './log/log-heads.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import { upcasters } from './log/upcasters.ts';
import { AppLogger } from './logging/app-logger.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Projection } from './projections/projection.ts';
import { PROJECTION_POOL, Projections } from './projections/projections.ts';

/** Read models take turns when all of them have something to write. */
const PROJECTION_CONNECTIONS = 5;

const databaseProvider = {
  provide: Database,
  inject: [Configuration, AppLogger],
  useFactory: (config: Configuration, logger: AppLogger): Database =>
    new Database(
      createPool({
        connectionString: config.databaseUrl,
        applicationName: 'zantara-orchestrator',
        onConnectionError: (error) => logger.problem('a database connection broke', error),
      }),
    ),
};

const logProvider = {
  provide: Log,
  inject: [Configuration, Database, AppLogger, Metrics],
  useFactory: (config: Configuration, { pool }: Database, logger: AppLogger, metrics: Metrics): Log => {
    const store = new PostgresEventStore({
      pool,
      upcasters,
      connectionString: config.databaseUrl,
      applicationName: 'zantara-log',
      onConnectionError: (error) => logger.problem('the connection that appends to the log broke', error),
      onReplaced: (characters) => metrics.replacedCharacters.inc(characters),
    });
    metrics.watchAppendQueue(() => store.waitingEvents);
    return new Log(store, new PostgresCheckpoints(pool));
  },
};

const READ_MODELS = Symbol('the read models that this program keeps up');

const projectionsProvider = {
  provide: Projections,
  inject: [READ_MODELS, Configuration, Log, LogSubscriptions, AppLogger],
  useFactory: (
    definitions: readonly Projection[],
    config: Configuration,
    { store }: Log,
    ...[subscriptions, logger]: [LogSubscriptions, AppLogger]
  ): Projections => {
    const pool = createPool({
      connectionString: config.databaseUrl,
      applicationName: 'zantara-projections',
      maxConnections: PROJECTION_CONNECTIONS,
      ...PROJECTION_POOL,
      onConnectionError: (error) => logger.problem('a connection that writes read models broke', error),
    });
    const projections = new Projections(definitions, { store, pool }, logger);
    projections.follow(subscriptions);
    return projections;
  },
};

const clockProvider = {
  provide: Clock,
  inject: [Database],
  useFactory: async (database: Database): Promise<Clock> => {
    const clock = new Clock();
    clock.setTo(await database.readTime());
    return clock;
  },
};

const natsLinkProvider = {
  provide: NatsLink,
  inject: [Configuration, AppLogger],
  useFactory: (config: Configuration, logger: AppLogger): Promise<NatsLink> =>
    connectToNats({
      servers: config.natsUrl,
      name: 'zantara-orchestrator',
      ...(config.natsNkeySeedFile === undefined ? {} : { nkeySeed: readFileSync(config.natsNkeySeedFile, 'utf8') }),
      log: (level, message, fields) => logger.say(level, message, fields),
    }),
};

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

const PROVIDERS = [
  AppLogger,
  Metrics,
  LogHeads,
  LogSubscriptions,
  projectionsProvider,
  AnswerHeaders,
  HostGuard,
  CrossSiteGuard,
  databaseProvider,
  clockProvider,
  ClockSetter,
  logProvider,
  natsLinkProvider,
  provisionerProvider,
  anchorsProvider,
];

/** What every module stands on: settings, clock, logging, metrics, the log, NATS. */
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
    const given = [
      { provide: Configuration, useValue: config },
      { provide: READ_MODELS, useValue: readModels },
    ];
    return { module: PlatformModule, providers: [...given, ...PROVIDERS], exports: [...given, ...PROVIDERS] };
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
