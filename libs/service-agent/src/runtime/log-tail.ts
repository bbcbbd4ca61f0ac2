import { open, rename, stat, truncate } from 'node:fs/promises';
import { redactText } from '#libs/agent-core';

const READ_BYTES = 65_536;
const MAX_LINE_CHARACTERS = 500;
const MAX_CHARACTERS = 16_000;
const ROTATE_ABOVE_BYTES = 5_242_880;
const TRUNCATE_ABOVE_BYTES = 20_971_520;

/**
 * The last lines of a service's output behind `fromByte`, without secrets and personal data. A file that can't be read has none.
 * Redacted as a whole and cut afterwards: what straddles a cut is half a secret, which no pattern knows.
 */
export async function tailLog(path: string, lines: number, fromByte = 0): Promise<string[]> {
  try {
    const text = dropHalfKey(await readEnd(path, fromByte));
    return keepLast(redactText(text, Infinity).value.split('\n'), lines);
  } catch {
    return [];
  }
}

/** Whole lines: the first is left out when it isn't read from its beginning. */
async function readEnd(path: string, fromByte: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    // A log that became shorter was cut meanwhile: all of it is newer.
    const from = fromByte <= size ? fromByte : 0;
    const start = Math.max(from, size - READ_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start > from ? text.split('\n').slice(1).join('\n') : text;
  } finally {
    await file.close();
  }
}

function keepLast(all: readonly string[], lines: number): string[] {
  const cut = all.filter((line) => line.trim() !== '').map((line) => line.slice(0, MAX_LINE_CHARACTERS));
  const kept: string[] = [];
  let characters = 0;
  for (const line of cut.slice(-lines).toReversed()) {
    characters += line.length;
    if (characters > MAX_CHARACTERS) break;
    kept.unshift(line);
  }
  return kept;
}

/** The end of a private key whose beginning isn't in the text, which no pattern would know. */
function dropHalfKey(text: string): string {
  const end = text.indexOf('-----END ');
  const begin = text.indexOf('-----BEGIN ');
  return end !== -1 && (begin === -1 || begin > end) ? text.slice(end) : text;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Before a start: a long log is put aside, one generation of it. Tells at which byte the next run begins. */
export async function rotateLog(path: string): Promise<number> {
  if ((await sizeOf(path)) > ROTATE_ABOVE_BYTES) await rename(path, `${path}.1`);
  return sizeOf(path);
}

/** While the service writes: it appends, so a cut file goes on from the beginning. */
export async function boundLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > TRUNCATE_ABOVE_BYTES) await truncate(path, 0);
}
