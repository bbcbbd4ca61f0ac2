import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface AskedRequest {
  /** Method and path, as in the first line of a request. */
  line: string;
  /** The header `authorization`. */
  key: string | undefined;
  type: string | undefined;
  /** The JSON that was sent. */
  body: unknown;
}

/** Answers everything with what a test has put there, and remembers what it was asked. */
export class AnsweringServer {
  asked: AskedRequest[] = [];
  answer: { status: number; body: object } = { status: 200, body: {} };

  private constructor(private readonly server: Server) {
    server.on('request', this.take);
  }

  static async start(): Promise<AnsweringServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AnsweringServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  private readonly take: RequestListener = (request, response) => {
    void text(request)
      .then((sent) => this.asked.push(toAsked(request, sent)))
      .then(() => response.writeHead(this.answer.status).end(JSON.stringify(this.answer.body)));
  };
}

const toAsked = ({ method, url, headers }: IncomingMessage, sent: string): AskedRequest => ({
  line: `${method} ${url}`,
  key: headers.authorization,
  type: headers['content-type'],
  body: sent === '' ? undefined : JSON.parse(sent),
});
