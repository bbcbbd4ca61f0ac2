// The orchestrator's intake and what it stands on, without those who read the log: its own modules, as they are built.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NatsLink, Provisioner } from '#libs/messaging';
import { JetStreamStrategy } from '#libs/messaging/nest';

/** By address, as only what is built knows what Nest is to inject. */
const load = (file) => import(new URL(`../../dist/src/${file}.js`, import.meta.url).href);
const { Configuration } = await load('platform/config/configuration');
const { PlatformModule } = await load('platform/platform.module');
const { IntakeModule } = await load('intake/intake.module');
const { DeadLettersService } = await load('intake/dead-letters.service');

const config = Configuration.fromProcess();
const root = { module: class IntakeAlone {}, imports: [PlatformModule.with(config, []), IntakeModule] };
const app = await NestFactory.create(root, new FastifyAdapter(), { logger: ['error', 'warn'], abortOnError: false });
const deadLetters = app.get(DeadLettersService);
app.connectMicroservice({
  strategy: new JetStreamStrategy({
    link: app.get(NatsLink),
    tenant: config.tenant,
    provisioner: app.get(Provisioner),
    deadLetter: (letter) => deadLetters.bury(letter),
    log: () => undefined,
  }),
});
await app.startAllMicroservices();
process.on('SIGTERM', () => app.close().then(() => process.exit()));
process.send('ready');
