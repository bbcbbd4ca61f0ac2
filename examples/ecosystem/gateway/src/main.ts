import { serve } from '../../runtime/src/serve.ts';
import { readConfig } from './config.ts';
import { createGateway } from './handler.ts';

/** A reverse proxy in front of the other services. It starts and serves without them: a dead one costs its own routes only. */
async function start(): Promise<void> {
  const config = readConfig();
  const traffic = { isDraining: false };
  const app = await createGateway(config, traffic);
  serve(app.server, { name: 'gateway', port: config.port, traffic, close: () => app.close() });
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
