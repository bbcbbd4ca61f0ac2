import { LogUnavailableError } from '#libs/event-store';
import { Database } from '../../../src/platform/database/database.ts';
import type { DatabaseServer } from '../log/database-server.ts';
import { answer } from './answers.ts';
import type { ReadSide } from './read-side.ts';

/** What one process asks the tables and the clock of the database. */
export class SimDatabase {
  constructor(
    private readonly server: DatabaseServer,
    private readonly side: ReadSide,
  ) {}

  get asDatabase(): Database {
    return Object.assign(Object.create(Database.prototype), {
      query: (question: string, values: readonly unknown[] = []) => this.query(question, values),
      readTime: async () => {
        this.reach();
        return this.server.now();
      },
    }) as Database;
  }

  protected async query(question: string, values: readonly unknown[]): Promise<object[]> {
    this.reach();
    return answer(this.side, question, values);
  }

  private reach(): void {
    if (this.server.isDown) throw new LogUnavailableError('away');
  }
}
