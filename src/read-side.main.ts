import 'reflect-metadata';
import { parentPort } from 'node:worker_threads';
import { NestFactory } from '@nestjs/core';
import { Configuration } from './platform/config/configuration.ts';
import { armFailpoints } from './platform/failpoint.ts';
import { AppLogger } from './platform/logging/app-logger.ts';
import { READ_MODELS } from './read-models.ts';
import { ReadSideThreadModule } from './read-side/read-side-thread.module.ts';

// A thread of the orchestrator, which starts it and says when it is to stop. What it throws ends it, and is told there.
const config = Configuration.fromProcess();
armFailpoints(config.failpoints);
const app = await NestFactory.createApplicationContext(ReadSideThreadModule.with(config, READ_MODELS), {
  bufferLogs: true,
  abortOnError: false,
});
app.useLogger(app.get(AppLogger));
parentPort?.once('message', () => void app.close().finally(() => parentPort?.close()));
