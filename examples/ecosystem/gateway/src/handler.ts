import proxy from '@fastify/http-proxy';
import fastify, { type FastifyInstance } from 'fastify';
import { ExposureCounts } from '../../runtime/src/exposure-counts.ts';
import type { Traffic } from '../../runtime/src/serve.ts';
import type { GatewayConfig } from './config.ts';
import { describeUpstreamError, sendProblem } from './problem.ts';

/**
 * /<upstream>/* goes to that upstream; GET /health and POST /drain are the gateway's own and ask nobody, and
 * GET /exposures/<upstream> tells what became of the requests to it.
 */
export async function createGateway(config: GatewayConfig, traffic: Traffic): Promise<FastifyInstance> {
  const app = fastify();
  app.get('/health', async (_request, reply) =>
    traffic.isDraining ? reply.code(503).send({ status: 'draining' }) : { status: 'ok' },
  );
  app.post('/drain', async (_request, reply) => {
    traffic.isDraining = true;
    return reply.code(202).send({ draining: true });
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (traffic.isDraining) reply.header('connection', 'close');
    return payload;
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, { status: 404, title: 'Not Found', detail: `nothing is behind ${request.url.split('?')[0] ?? ''}` }),
  );
  for (const [name, url] of Object.entries(config.upstreams)) {
    const exposures = new ExposureCounts();
    app.get(`/exposures/${name}`, async () => exposures.read());
    await app.register(async (routes) => {
      routes.addHook('onResponse', async (_request, reply) => {
        // What the gateway itself turns away says nothing of the upstream.
        if (!traffic.isDraining) exposures.note(reply.statusCode);
      });
      await routes.register(proxy, createProxyOptions({ name, url, timeoutMs: config.timeout_ms, traffic }));
    });
  }
  await app.ready();
  return app;
}

interface Upstream {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly traffic: Traffic;
}

function createProxyOptions({ name, url, timeoutMs, traffic }: Upstream): proxy.FastifyHttpProxyOptions {
  return {
    upstream: url,
    prefix: `/${name}`,
    // Node's own client: the time-outs of the other one are checked only about twice a second.
    http: { requestOptions: { timeout: timeoutMs } },
    disableRequestLogging: true,
    preHandler: (_request, reply, done) => {
      if (traffic.isDraining)
        sendProblem(reply, { status: 503, title: 'Service Unavailable', detail: 'the gateway is draining' });
      else done();
    },
    replyOptions: {
      onError: (reply, { error }) => sendProblem(reply, describeUpstreamError(name, error)),
      // Unless told so it asks again up to ten times after a 503: retries belong to whoever asked.
      retryDelay: () => null,
    },
  };
}
