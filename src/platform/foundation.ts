import { readFileSync } from 'node:fs';
import type { Provider } from '@nestjs/common';
import { createPool, PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { connectToNats, NatsLink } from '#libs/messaging';
import { Clock } from './clock.ts';
import { ClockSetter } from './clock-setter.ts';
import { Configuration } from './config/configuration.ts';
import { Database } from './database/database.ts';
import { failpoint } from './failpoint.ts';
import { Log } from './log/log.ts';
import { LogHeads } from './log/log-heads.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import { upcasters } from './log/upcasters.ts';
import { AppLogger } from './logging/app-logger.ts';
import { Metrics } from './metrics/metrics.ts';
import { Precedence } from './precedence.ts';
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

const eventStoreProvider = {
  provide: PostgresEventStore,
  inject: [Configuration, Database, AppLogger, Metrics],
  useFactory: (config: Configuration, { pool }: Database, logger: AppLogger, metrics: Metrics): PostgresEventStore => {
    const store = new PostgresEventStore({
      pool,
      upcasters,
      connectionString: config.databaseUrl,
      applicationName: 'zantara-log',
      onConnectionError: (error) => logger.problem('the connection that appends to the log broke', error),
      onReplaced: (characters) => metrics.replacedCharacters.inc(characters),
      onStep: (step) => failpoint(`log.${step}`),
    });
    metrics.watchAppendQueue(() => store.waitingEvents);
    return store;
  },
};

const logProvider = {
  provide: Log,
  inject: [PostgresEventStore, Database, Clock],
  useFactory: (store: PostgresEventStore, { pool }: Database, clock: Clock): Log =>
    new Log(store, new PostgresCheckpoints(pool), clock),
};

const PART = Symbol('what this thread does of the orchestrator');

const precedenceProvider = {
  provide: Precedence,
  inject: [PART, Configuration, AppLogger, LogSubscriptions],
  useFactory: (part: string, config: Configuration, logger: AppLogger, subscriptions: LogSubscriptions): Precedence => {
    const pool = createPool({
      connectionString: config.databaseUrl,
      applicationName: `zantara-first-${part}`,
      maxConnections: 1,
      onConnectionError: (error) => logger.problem('the connection broke by which this orchestrator may go first', error),
    });
    return new Precedence(part, pool, logger, subscriptions);
  },
};

const READ_MODELS = Symbol('the read models of this program');

const projectionsProvider = {
  provide: Projections,
  inject: [READ_MODELS, Configuration, Log, AppLogger],
  useFactory: (definitions: readonly Projection[], config: Configuration, { store }: Log, logger: AppLogger): Projections => {
    const pool = createPool({
      connectionString: config.databaseUrl,
      applicationName: 'zantara-projections',
      maxConnections: PROJECTION_CONNECTIONS,
      ...PROJECTION_POOL,
      onConnectionError: (error) => logger.problem('a connection that writes read models broke', error),
    });
    return new Projections(definitions, { store, pool }, logger);
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

/** What every thread of the orchestrator stands on: settings, clock, logging, metrics, the log and its readers, NATS. */
export const provideFoundation = (config: Configuration, readModels: readonly Projection[], part: string): Provider[] => [
  { provide: Configuration, useValue: config },
  { provide: PART, useValue: part },
  { provide: READ_MODELS, useValue: readModels },
  AppLogger,
  Metrics,
  LogHeads,
  LogSubscriptions,
  projectionsProvider,
  databaseProvider,
  clockProvider,
  ClockSetter,
  eventStoreProvider,
  logProvider,
  natsLinkProvider,
  precedenceProvider,
];
