import { type Checkpoints, LogUnavailableError } from '#libs/event-store';
import type { DatabaseServer } from './database-server.ts';

/** Progress of the readers of one process, in the database of all. */
export class SimCheckpoints implements Checkpoints {
  constructor(private readonly server: DatabaseServer) {}

  async load(name: string): Promise<number> {
    this.reach();
    return this.server.checkpoints.load(name);
  }

  async loadAll(): Promise<ReadonlyMap<string, number>> {
    this.reach();
    return this.server.checkpoints.loadAll();
  }

  async advance(name: string, from: number, to: number): Promise<boolean> {
    this.reach();
    return this.server.checkpoints.advance(name, from, to);
  }

  private reach(): void {
    if (this.server.isDown) throw new LogUnavailableError('away');
  }
}
