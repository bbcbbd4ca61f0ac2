import { lookup } from 'node:dns/promises';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type LookupFunction, isIP } from 'node:net';
import { isAllowedUrl } from './allowed-hosts.ts';
import { type OutgoingFailure, OutgoingRequestError } from './outgoing.errors.ts';

/** From the first look at the name to the last byte of the answer. */
const TIMEOUT_MS = 5000;
/** Of an answer no more is read. */
const MAX_ANSWER_BYTES = 65_536;

export interface OutgoingRequest {
  url: URL;
  method: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** `host` or `host:port` of those that may be asked. */
  allowedHosts: readonly string[];
  /** Shorter than the 5 s that every request has at most. */
  timeoutMs?: number;
}

export interface OutgoingAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface ResolvedAddress {
  address: string;
  family: number;
}

/** Looks a name up. Another one is given in specs only. */
export type ResolveName = (name: string) => Promise<ResolvedAddress>;

/**
 * The one way to ask somebody outside: only listed hosts, the name resolved once and the connection made to just that address, on a
 * connection of its own and through no proxy, no redirect followed, 5 s over all, at most 64 KiB of answer. Any status but a
 * redirect is an answer.
 *
 * @throws OutgoingRequestError with a code that says why
 */
export async function sendOutgoing(request: OutgoingRequest, resolveName: ResolveName = lookup): Promise<OutgoingAnswer> {
  if (!isAllowedUrl(request.url, request.allowedHosts)) throw new OutgoingRequestError('host-not-allowed');
  const signal = AbortSignal.timeout(Math.min(request.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS));
  try {
    const resolved = await beforeAbort(signal, resolve(request.url, resolveName));
    return await exchange(request, resolved, signal);
  } catch (error) {
    throw error instanceof OutgoingRequestError ? error : new OutgoingRequestError(failureOf(error, signal), error);
  }
}

async function resolve({ hostname }: URL, resolveName: ResolveName): Promise<ResolvedAddress> {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(name);
  if (family !== 0) return { address: name, family };
  try {
    return await resolveName(name);
  } catch (error) {
    throw new OutgoingRequestError('name-not-found', error);
  }
}

/** The system's look-up can't be called off: who waits for it goes away. */
function beforeAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new OutgoingRequestError('timeout')), { once: true });
  });
  return Promise.race([promise, aborted]);
}

function exchange(request: OutgoingRequest, resolved: ResolvedAddress, signal: AbortSignal): Promise<OutgoingAnswer> {
  const { url, method, headers, body = '' } = request;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((fulfil, reject) => {
    const options = { method, agent: false, signal, lookup: answerWith(resolved) };
    const sent = send(url, { ...options, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (response) => {
      readAnswer(response)
        .finally(() => sent.destroy())
        .then(fulfil, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** However often the connection asks, it is told the address that was looked up. */
const answerWith =
  ({ address, family }: ResolvedAddress): LookupFunction =>
  (_name, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };

async function readAnswer(response: IncomingMessage): Promise<OutgoingAnswer> {
  const { statusCode: status = 0, headers } = response;
  if (status >= 300 && status < 400) throw new OutgoingRequestError('redirected');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new OutgoingRequestError('answer-too-long');
    chunks.push(chunk);
  }
  return { status, headers, body: Buffer.concat(chunks).toString() };
}

function failureOf(error: unknown, signal: AbortSignal): OutgoingFailure {
  if (signal.aborted) return 'timeout';
  const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return isRefused ? 'connection-refused' : 'connection-failed';
}
