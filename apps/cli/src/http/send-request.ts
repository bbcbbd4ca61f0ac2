import { type IncomingMessage, request as httpRequest } from 'node:http';
import { UnreachableError } from '../cli.errors.ts';
import { VERSION } from '../version.ts';

interface RequestOptions {
  headers?: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** As JSON; it is posted. */
  body?: string;
}

/**
 * One request on a connection of its own, so that none that is kept open delays the end of the program. Node's own http rather than
 * fetch, which takes longer to load than the request takes.
 *
 * @throws UnreachableError
 */
export async function sendRequest(url: URL, { headers, signal, body }: RequestOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? (await import('node:https')).request : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent: false,
      signal,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': `zantara-cli/${VERSION}`,
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    sent.on('response', resolve);
    sent.on('error', (error) => reject(new UnreachableError(url.origin, signal.aborted ? signal.reason : error)));
    sent.end(body);
  });
}
