import { z } from 'zod';

const TIMEOUT_MS = 2_000;
const NOTES_KEY = 'rag-notes';

const EntrySchema = z.object({ value: z.string() });
const NotesSchema = z.array(z.object({ question: z.string(), answer: z.string() }));

/** Answers that somebody has pinned to a question, by the question in its plain form. */
export type Notes = ReadonlyMap<string, string>;

/** Two questions that differ only in case, spaces and the closing mark are one. */
export const toPlainQuestion = (question: string): string =>
  question
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\s*[?.!]+$/, '');

/**
 * Loads the notes that lie in the memory service, as JSON under one key; there may be none. Whoever spoils them must not be able
 * to keep the service down: it starts without them then.
 *
 * @throws when the memory service does not answer
 */
export async function loadNotes(memoryUrl: string): Promise<Notes> {
  const response = await ask(`${memoryUrl}/entries/${NOTES_KEY}`, memoryUrl);
  if (response.status === 404) return new Map();
  if (!response.ok)
    throw new Error(`the notes can not be loaded: the memory service at ${memoryUrl} answered ${response.status}`);
  const notes = NotesSchema.safeParse(parseJson(EntrySchema.parse(await response.json()).value));
  if (!notes.success) console.error(`what lies under ${NOTES_KEY} in the memory service are no notes: starting without`);
  return new Map((notes.data ?? []).map(({ question, answer }) => [toPlainQuestion(question), answer]));
}

async function ask(url: string, memoryUrl: string): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new Error(`the notes can not be loaded: the memory service at ${memoryUrl} does not answer (${describe(error)})`, {
      cause: error,
    });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
