import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { UsersConfig } from './config.ts';
import type { RequestKind } from './request-counts.ts';

/** One thing that a user wants. It fails when the answer is wrong, or doesn't come while the signal allows it. */
export type UserRequest = (signal: AbortSignal) => Promise<void>;

const AnswersSchema = z.object({ answers: z.array(z.object({ document: z.string() })) });
const EntrySchema = z.object({ value: z.string() });

/** What users want of the two services behind the gateway. */
export function createRequests({ gateway_url: gateway, questions }: UsersConfig): Record<RequestKind, UserRequest> {
  let asked = 0;
  return {
    question: async (signal) => {
      const { question, document } = questions[asked++ % questions.length] ?? { question: '', document: '' };
      const response = await send(`${gateway}/rag/ask?question=${encodeURIComponent(question)}`, { signal });
      const [best] = AnswersSchema.parse(await response.json()).answers;
      if (best?.document !== document) throw new Error(`"${question}" led to ${best?.document ?? 'nothing'}, not to ${document}`);
    },
    entry: async (signal) => {
      const value = randomUUID();
      const url = `${gateway}/memory/entries/user-${value}`;
      await send(url, { method: 'PUT', body: value, signal });
      const read = EntrySchema.parse(await (await send(url, { signal })).json()).value;
      if (read !== value) throw new Error('an entry came back other than it was written');
      await send(url, { method: 'DELETE', signal });
    },
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  return response;
}
