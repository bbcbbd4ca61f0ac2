import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EscalationMessageSchema } from '#libs/contracts/schemas';
import type { EscalationMessage } from '#libs/contracts';

export interface ReceivedWebhook {
  id: string;
  isVerified: boolean;
  bytes: number;
  message: EscalationMessage;
}

type Answer = (response: ServerResponse, received: ReceivedWebhook) => void;

/** A receiver as the specification of Standard Webhooks describes it; it knows nothing of how the sender signs. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  answer: Answer = (response) => response.writeHead(204).end();

  private constructor(
    private readonly server: Server,
    /** `whsec_…` as it stands in the file of the sender. */
    private readonly secret: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async start(secret: string): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebhookReceiver(server, secret);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Webhook ids, in the order in which they came. */
  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const received = {
      id: String(request.headers['webhook-id']),
      isVerified: verify(request, body, this.secret),
      bytes: body.length,
      message: EscalationMessageSchema.parse(JSON.parse(body.toString())),
    };
    this.received.push(received);
    this.answer(response, received);
  }
}

const TOLERANCE_SECONDS = 300;

function verify({ headers }: IncomingMessage, body: Buffer, secret: string): boolean {
  const timestamp = Number(headers['webhook-timestamp']);
  if (Math.abs(Date.now() / 1000 - timestamp) > TOLERANCE_SECONDS) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = Buffer.concat([Buffer.from(`${String(headers['webhook-id'])}.${timestamp}.`), body]);
  const expected = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
