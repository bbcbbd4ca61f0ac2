import type { IncomingMessage, RequestListener } from 'node:http';
import { z } from 'zod';
import { type Answer, createJsonHandler, NOT_FOUND, readBody, TOO_LARGE, WRONG_METHOD } from '../../runtime/src/json-handler.ts';
import type { Traffic } from '../../runtime/src/serve.ts';
import type { RagConfig } from './config.ts';
import { type Notes, toPlainQuestion } from './notes.ts';
import type { PassageIndex } from './passage-index.ts';

export interface Library {
  readonly index: PassageIndex;
  readonly notes: Notes;
  readonly known: RagConfig['known'];
}

const QuestionSchema = z.object({ question: z.string().min(1).max(1_000) });
const NO_QUESTION: Answer = { status: 400, body: { error: 'question must be a text of 1 to 1000 characters' } };

/** GET /ask?question=… or POST /ask {"question": …}, GET /health, POST /drain. */
export function createHandler(library: Library, traffic: Traffic): RequestListener {
  return createJsonHandler({
    traffic,
    check: async () => checkKnownQuestion(library),
    route: async (request) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      return url.pathname === '/ask' ? answerRequest(request, url, library) : NOT_FOUND;
    },
    failure: { status: 500, body: { error: 'the question could not be answered' } },
  });
}

/** An index that answers nonsense is as bad as one that doesn't answer. */
function checkKnownQuestion({ index, known }: Library): Answer {
  const [best] = index.find(known.question);
  const passages = index.size;
  if (best?.document === known.document) return { status: 200, body: { status: 'ok', passages } };
  return { status: 503, body: { status: 'wrong answer', expected: known.document, found: best?.document ?? null, passages } };
}

async function answerRequest(request: IncomingMessage, url: URL, library: Library): Promise<Answer> {
  switch (request.method) {
    case 'GET':
      return answerQuestion({ question: url.searchParams.get('question') }, library);
    case 'POST': {
      const body = await readBody(request);
      return body === undefined ? TOO_LARGE : answerQuestion(parseJson(body), library);
    }
    default:
      return WRONG_METHOD;
  }
}

function answerQuestion(input: unknown, { index, notes }: Library): Answer {
  const parsed = QuestionSchema.safeParse(input);
  if (!parsed.success) return NO_QUESTION;
  const { question } = parsed.data;
  const pinned = notes.get(toPlainQuestion(question));
  return { status: 200, body: { question, ...(pinned === undefined ? {} : { pinned }), answers: index.find(question) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
