import { open, rename, stat, truncate } from 'node:fs/promises';
import { redactText } from '#libs/agent-core';

const READ_BYTES = 65_536;
const MAX_LINE_CHARACTERS = 500;
const MAX_CHARACTERS = 16_000;
const ROTATE_ABOVE_BYTES = 5_242_880;
const TRUNCATE_ABOVE_BYTES = 20_971_520;

/** The last lines of a service's output, without secrets and personal data. A file that can't be read has none. */
export async function tailLog(path: string, lines: number): Promise<string[]> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - READ_BYTES);
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(Math.min(size, READ_BYTES)),
        0,
        Math.min(size, READ_BYTES),
        start,
      );
      const all = buffer.toString('utf8', 0, bytesRead).split('\n');
      // The first one may be cut in the middle.
      const whole = (start > 0 ? all.slice(1) : all).filter((line) => line.trim() !== '');
      const text = dropHalfKey(
        whole
          .slice(-lines)
          .map((line) => line.slice(0, MAX_LINE_CHARACTERS))
          .join('\n'),
      );
      return redactText(text.slice(-MAX_CHARACTERS))
        .value.split('\n')
        .filter((line) => line !== '');
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
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

/** Before a start: a long log is put aside, one generation of it. */
export async function rotateLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > ROTATE_ABOVE_BYTES) await rename(path, `${path}.1`);
}

/** While the service writes: it appends, so a cut file goes on from the beginning. */
export async function boundLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > TRUNCATE_ABOVE_BYTES) await truncate(path, 0);
}
