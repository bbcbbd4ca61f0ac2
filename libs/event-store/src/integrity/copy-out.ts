import type { ClientBase, Connection, Submittable } from 'pg';
import { type CopiedRow, CopyParser } from './copy-parser.ts';

/** What `pg` calls on a query of its own kind, as far as a COPY that goes out needs it. */
class CopyOut implements Submittable {
  /** `pg` puts its timer around it. */
  callback: (error?: Error) => void;
  readonly #text: string;
  readonly #parser: CopyParser;
  #failure: Error | undefined;

  constructor(text: string, onRow: (row: CopiedRow) => void, callback: (error?: Error) => void) {
    this.#text = text;
    this.#parser = new CopyParser(onRow);
    this.callback = callback;
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#failure) return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(this.#failure);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

/**
 * Has the server send the rows of a query in their binary form. `pg` decodes every value as UTF-8 text, which is slower than all
 * that is done with it here, and spoils bytes; what COPY sends it hands through. Rows are taken as they arrive, so a server that
 * is faster than `onRow` is held back by the connection, and nothing piles up.
 *
 * @param query without parameters
 * @param onRow called with a row that is valid until it returns
 */
export function copyOut(client: ClientBase, query: string, onRow: (row: CopiedRow) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => (error ? reject(error) : resolve());
    client.query(new CopyOut(`COPY (${query}) TO STDOUT (FORMAT binary)`, onRow, done));
  });
}
