import { createServer } from 'node:http';
import { serve } from '../../runtime/src/serve.ts';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { RequestCounts } from './request-counts.ts';
import { createRequests } from './requests.ts';
import { Trickle } from './trickle.ts';

/** A trickle of users who want what the ecosystem is for, and who notice when they don't get it. */
const config = readConfig();
const traffic = { isDraining: false };
const counts = new RequestCounts();
const trickle = new Trickle(config, createRequests(config), counts);

serve(createServer(createHandler(counts, traffic)), {
  name: 'users',
  port: config.port,
  traffic,
  close: async () => trickle.stop(),
});
trickle.start();
