import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { canonicalJson } from '#libs/contracts';
import { StrategyRegistry, STRATEGIES } from '#libs/fix-strategies';
import { NatsLink, Provisioner } from '#libs/messaging';
import { JetStreamStrategy } from '#libs/messaging/nest';
import { CatalogueModule } from '../../../src/catalogue/catalogue.module.ts';
import { DecisionsModule } from '../../../src/decisions/decisions.module.ts';
import { EscalationsModule } from '../../../src/escalations/escalations.module.ts';
import { SigningKeyHolder } from '../../../src/healing/signing/signing-key-holder.ts';
import { HealingModule } from '../../../src/healing/healing.module.ts';
import { READ_MODELS } from '../../../src/read-models.ts';
import { Prober } from '../../../src/healing/verification/probe.ts';
import { IncidentsModule } from '../../../src/incidents/incidents.module.ts';
import { DeadLettersService } from '../../../src/intake/dead-letters.service.ts';
import { IntakeConsumer, REPORTS } from '../../../src/intake/intake.consumer.ts';
import { IntakeModule } from '../../../src/intake/intake.module.ts';
import { LearningModule } from '../../../src/learning/learning.module.ts';
import { Clock } from '../../../src/platform/clock.ts';
import { ClockSetter } from '../../../src/platform/clock-setter.ts';
import { Configuration } from '../../../src/platform/config/configuration.ts';
import { Database } from '../../../src/platform/database/database.ts';
import { Log } from '../../../src/platform/log/log.ts';
import { LogHeads } from '../../../src/platform/log/log-heads.ts';
import { LogSubscriptions } from '../../../src/platform/log/log-subscriptions.ts';
import { AppLogger } from '../../../src/platform/logging/app-logger.ts';
import { Metrics } from '../../../src/platform/metrics/metrics.ts';
import { Projections } from '../../../src/platform/projections/projections.ts';
import { buildConfiguration } from '../../builders/configuration-builder.ts';
import { SWITCH_POOL } from '../../builders/strategy-builder.ts';
import { SimLink } from '../bus/link.ts';
import { SimCheckpoints } from '../log/sim-checkpoints.ts';
import { SimStore } from '../log/sim-store.ts';
import type { SimProcess } from '../runtime/sim-process.ts';
import { SimDatabase } from '../tables/sim-database.ts';
import type { Setting } from '../setting.ts';
import { Container } from './container.ts';
import { SIGNER } from './signer.ts';

const MODULES = [
  CatalogueModule,
  IncidentsModule,
  IntakeModule,
  LearningModule,
  DecisionsModule,
  HealingModule,
  EscalationsModule,
] as const;

/** Measured by nobody here, so that one does for all. */
const METRICS = new Metrics();

/** As the decorators of the intake's consumer say it. */
const INTAKE = { reports: REPORTS, results: { batchSize: 100 }, signals: { batchSize: 100 } } as const;

/** One orchestrator: all of the product's own parts that heal, on ports of the simulated world. */
export class Orchestrator {
  readonly link: SimLink;
  readonly container: Container;

  constructor(
    readonly process: SimProcess,
    private readonly world: Setting,
    private readonly headStartMs: number,
  ) {
    this.link = new SimLink(world.bus, this.process);
    this.container = new Container(this.createPorts());
  }

  /** Starts as the product does. What keeps it from that ends the process, and somebody starts another one. */
  async start(): Promise<void> {
    const { container } = this;
    container.get(Clock).setTo(await container.get(Database).readTime());
    container.get(ClockSetter);
    container.get(LogHeads as Type);
    this.world.wiring.replaceParts(container);
    for (const module of MODULES) container.addModule(module);
    await container.call('onModuleInit');
    await container.call('onApplicationBootstrap');
    await this.consume();
  }

  private createPorts(): Map<Type, unknown> {
    const { database, readSide, weather, wiring } = this.world;
    const store = wiring.wrapStore(new SimStore(database, this.process, weather));
    const logger = this.createLogger();
    const clock = new Clock();
    const log = new Log(store, wiring.wrapCheckpoints(new SimCheckpoints(database), database), clock);
    const subscriptions = new LogSubscriptions(log, logger, clock);
    subscriptions.giveHeadStart(() => this.headStartMs);
    const ports: (readonly [unknown, unknown])[] = [
      [Configuration, this.createConfiguration()],
      [AppLogger, logger],
      [Metrics, METRICS],
      [Clock, clock],
      [Log, log],
      [LogSubscriptions, subscriptions],
      [Database, wiring.wrapDatabase(new SimDatabase(database, readSide).asDatabase, database)],
      [NatsLink, this.link.asNatsLink],
      [Provisioner, { addConsumer: this.link.addConsumer.bind(this.link), ensure: async () => undefined }],
      [Projections, { definitions: READ_MODELS, status: async () => this.describeReadModels() }],
      [StrategyRegistry, new StrategyRegistry([...STRATEGIES, SWITCH_POOL])],
      [Prober, { probe: (url: string, timeoutMs: number) => this.world.probe(this.process, url, timeoutMs) }],
      [SigningKeyHolder, { key: SIGNER }],
    ];
    return new Map(ports as [Type, unknown][]);
  }

  private createConfiguration(): Configuration {
    return buildConfiguration({ STOP_FILE: join(this.world.folder, `${this.process.name}.stop`), TENANT: this.world.bus.tenant });
  }

  private createLogger(): AppLogger {
    const { world, process } = this;
    return Object.assign(Object.create(AppLogger.prototype) as AppLogger, {
      say: (level: string, message: string, fields: object = {}) => {
        if (level !== 'debug') world.tell(process, () => `${message} ${JSON.stringify(fields)}`);
      },
      problem: (message: string, error: unknown) => world.noteProblem(process, message, error),
    });
  }

  private describeReadModels(): object[] {
    const { lagMs } = this.world.readSide;
    return ['incidents', 'fixes'].map((projection) => ({ projection, state: 'live', lagMs }));
  }

  private async consume(): Promise<void> {
    const { container, world } = this;
    const intake = world.wiring.wrapIntake(container.get(IntakeConsumer), container);
    const deadLetters = container.get(DeadLettersService);
    const strategy = new JetStreamStrategy({
      link: this.link.asNatsLink,
      tenant: world.bus.tenant,
      provisioner: container.get(Provisioner),
      deadLetter: (letter) => deadLetters.bury(letter),
      log: (level, message, fields) => {
        if (level !== 'debug')
          world.tell(this.process, () => `${message} ${canonicalJson(JSON.parse(JSON.stringify(fields)) as never)}`);
      },
    });
    const add = <T>(name: keyof typeof INTAKE, take: (messages: T) => Promise<unknown>): void => {
      const handle = (messages: T): Promise<unknown> =>
        take(messages).catch((error: unknown) => {
          // It may be buried in the end, with nobody the wiser.
          world.noteProblem(this.process, `the handler of ${name} failed`, error);
          throw error;
        });
      strategy.addHandler(name, handle as never, true, INTAKE[name]);
    };
    add('reports', intake.takeReports.bind(intake));
    add('results', intake.takeResults.bind(intake));
    add('signals', intake.takeSignals.bind(intake));
    await strategy.listen((error) => {
      if (error !== undefined) throw error as Error;
    });
  }
}
