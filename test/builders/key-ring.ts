import type { CreatedApiKey, Role } from '#libs/contracts';
import type { RunningOrchestrator } from './running-orchestrator.ts';

export interface Sent {
  method?: string;
  key?: string | undefined;
  headers?: Readonly<Record<string, string>>;
  body?: object | string | undefined;
}

/** Asks as a program does, with a key or without. */
export function ask({ url }: Pick<RunningOrchestrator, 'url'>, path: string, sent: Sent = {}): Promise<Response> {
  const { method = sent.body === undefined ? 'GET' : 'POST', key, headers, body } = sent;
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Makes a key as an admin does; answers its text. */
export async function createKey(
  orchestrator: RunningOrchestrator,
  wanted: { owner: string; role?: Role; kind?: 'ingest' },
): Promise<string> {
  const answer = await ask(orchestrator, '/api/keys', { key: orchestrator.adminKey, body: { ...wanted, reason: 'a test' } });
  const { api_key: key } = (await answer.json()) as CreatedApiKey;
  if (key === null || key === undefined) throw new Error(`no key for ${wanted.owner}: ${answer.status}`);
  return key;
}

/** The id within the text of a key. */
export const idOfKey = (key: string): string => key.split('_')[1] ?? '';
