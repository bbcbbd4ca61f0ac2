import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Reads a file that only its owner may read, and makes it first where it is missing. Of several processes that make it at once one
 * does; all read the same.
 */
export function readOrCreatePrivateFile(file: string, create: () => string): string {
  if (!existsSync(file)) createPrivateFile(file, create());
  return readFileSync(file, 'utf8').trim();
}

/** Whole or not at all: nobody reads half of it. */
function createPrivateFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // A name that no other process takes; a pid isn't enough, since every container begins with the same.
  const staged = `${file}.${randomUUID()}.new`;
  writeFileSync(staged, `${content}\n`, { mode: 0o600 });
  try {
    // Unlike a renaming, it never replaces what another process has made meanwhile.
    linkSync(staged, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(staged);
  }
}
