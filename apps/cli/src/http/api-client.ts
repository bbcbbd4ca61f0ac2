import type { IncomingMessage } from 'node:http';
import { UnexpectedAnswerError, UnreachableError } from '../cli.errors.ts';
import { type Answer, parseJson } from './answers.ts';
import { toProblemError } from './problem.errors.ts';
import { sendRequest } from './send-request.ts';

export interface ApiOptions {
  url: URL | string;
  /** Seconds. */
  timeout: number;
  apiKey?: string;
}

type Query = Readonly<Record<string, string | number | undefined>>;

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Asks the orchestrator's HTTP API. */
export class ApiClient {
  readonly timeoutMs: number;
  /** Who asks. */
  readonly identity: Readonly<Record<string, string>>;
  private readonly base: URL;

  constructor({ url, timeout, apiKey }: ApiOptions) {
    this.identity = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    this.base = new URL(url);
    this.timeoutMs = timeout * 1000;
  }

  /** @throws CliError with the problem that was answered, or when nothing answers */
  get(path: string, query: Query): Promise<Answer> {
    return this.ask(this.urlOf(path, query));
  }

  /** @throws CliError with the problem that was answered, or when nothing answers */
  post(path: string, body: object): Promise<Answer> {
    return this.ask(this.urlOf(path, {}), JSON.stringify(body));
  }

  private async ask(url: URL, body?: string): Promise<Answer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const headers = { accept: 'application/json', ...this.identity };
    const response = await sendRequest(url, { headers, signal, ...(body !== undefined && { body }) });
    const text = await readBody(response, url, signal);
    const status = response.statusCode ?? 0;
    if (status !== 200) throw toProblemError(url.origin, status, tryJson(text));
    return { url: url.origin, body: parseJson(url.origin, text) };
  }

  /** Under the path of `--url`, so that the API may live behind a prefix. */
  urlOf(path: string, query: Query): URL {
    const url = new URL(this.base);
    url.pathname = `${this.base.pathname.replace(/\/+$/, '')}${path}`;
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }
}

/** @throws UnreachableError when it is cut off */
export async function readBody(response: IncomingMessage, url: URL, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw new UnexpectedAnswerError(url.origin, 'it is longer than any of ours');
    }
  } catch (error) {
    if (error instanceof UnexpectedAnswerError) throw error;
    throw new UnreachableError(url.origin, signal.aborted ? signal.reason : error);
  }
  return Buffer.concat(chunks).toString();
}

/** A gateway's page of HTML is no problem document, and no reason to fail differently. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
