import type { Reporter } from '../outages/reporter.ts';

const LOOK_EVERY_MS = 5_000;
/** As long as anybody needs who was told. */
const MENDED_AFTER_MS = 30_000;

/** A person who starts anew what was given up: an agent, and with it the services that are down. */
export class Caretaker {
  /** How often somebody had to. */
  mended = 0;
  private readonly downSinceMs = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly keepers: readonly Reporter[],
    private readonly restart: (keeper: Reporter) => Promise<void>,
  ) {
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look());
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    for (const keeper of this.keepers) {
      const sinces = await Promise.all(keeper.services.map(({ id, url }) => this.findDownSince(id, url)));
      if (!sinces.some((since) => since !== undefined && performance.now() - since > MENDED_AFTER_MS)) continue;
      for (const { id } of keeper.services) this.downSinceMs.delete(id);
      this.mended += 1;
      await this.restart(keeper);
    }
  }

  private async findDownSince(id: string, url: string): Promise<number | undefined> {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) this.downSinceMs.delete(id);
    else if (!this.downSinceMs.has(id)) this.downSinceMs.set(id, performance.now());
    return this.downSinceMs.get(id);
  }
}
