import 'reflect-metadata';
import { type INestApplication, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { NatsLink, Provisioner } from '#libs/messaging';
import { JetStreamStrategy } from '#libs/messaging/nest';
import { AppModule, type AppOptions } from './app.module.ts';
import { DeadLettersService } from './intake/dead-letters.service.ts';
import type { Configuration } from './platform/config/configuration.ts';
import { runMigrations } from './platform/database/run-migrations.ts';
import { armFailpoints, failpoint } from './platform/failpoint.ts';
import { ProblemFilter } from './platform/http/problem.filter.ts';
import { AnswerHeaders } from './platform/http/answer-headers.ts';
import { sendProblem } from './platform/http/problem.ts';
import { AppLogger } from './platform/logging/app-logger.ts';

/** No command of ours is longer. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Migrates, wires and starts the orchestrator; it listens when this resolves. `close` ends it in order.
 *
 * @throws ConfigurationError and what else keeps a part from being made
 */
export async function startOrchestrator(config: Configuration, options: AppOptions = {}): Promise<INestApplication> {
  armFailpoints(config.failpoints);
  await runMigrations(config.migrationDatabaseUrl);
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, options),
    createServer(() => app.get(AnswerHeaders)),
    {
      bufferLogs: true,
      // Whatever keeps a module from being made is told by whoever started us, with its next step.
      abortOnError: false,
    },
  );
  const logger = app.get(AppLogger);
  app.useLogger(logger);
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
  app.useGlobalFilters(new ProblemFilter(logger));
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  const deadLetters = app.get(DeadLettersService);
  app.connectMicroservice({
    strategy: new JetStreamStrategy({
      link: app.get(NatsLink),
      tenant: config.tenant,
      provisioner: app.get(Provisioner),
      deadLetter: (letter) => deadLetters.bury(letter),
      log: (level, message, fields) => logger.say(level, message, fields),
      onStep: (step) => failpoint(`message.${step}`),
    }),
  });
  await app.startAllMicroservices();
  await app.listen(config.port, config.host);
  logger.say('info', 'the orchestrator listens', { url: await app.getUrl() });
  return app;
}

const createServer = (getAnswerHeaders: () => AnswerHeaders): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    // Browsers open connections ahead of time. One on which nothing was asked yet counts as busy, and would keep us from stopping.
    forceCloseConnections: true,
    // An address that the router can't read comes to no hook and no filter.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
      const headers = getAnswerHeaders().computeFor(request.url);
      void headers.then((known) => sendProblem(request, reply.headers(known), error));
    },
  });
