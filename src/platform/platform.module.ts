import { readFileSync } from 'node:fs';
import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createPool, PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { connectToNats, NatsLink, Provisioner } from '#libs/messaging';
import { Clock } from './clock.ts';
import { ClockSetter } from './clock-setter.ts';
import { Configuration } from './config/configuration.ts';
import { Database } from './database/database.ts';
import { AnswerHeaders } from './http/answer-headers.ts';
import { HostGuard } from './http/host-guard.ts';
import { Log } from './log/log.ts';
import { LogHeads } from './log/log-heads.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import { upcasters } from './log/upcasters.ts';
import { AppLogger } from './logging/app-logger.ts';
import { Metrics } from './metrics/metrics.ts';
import { Projections } from './projections/projections.ts';

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

const PROVIDERS = [
  AppLogger,
  Metrics,
  LogHeads,
  LogSubscriptions,
  Projections,
  AnswerHeaders,
  HostGuard,
  databaseProvider,
  clockProvider,
  ClockSetter,
  logProvider,
  natsLinkProvider,
  provisionerProvider,
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
  ) {}

  static with(config: Configuration): DynamicModule {
    const configuration = { provide: Configuration, useValue: config };
    return { module: PlatformModule, providers: [configuration, ...PROVIDERS], exports: [configuration, ...PROVIDERS] };
  }

  /** Last of all, in this order: nobody reads any more, nobody writes, then the connections go. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.stop();
    this.provisioner.stop();
    await this.link.close();
    await this.log.store.close();
    await this.database.pool.end();
  }
}
