import { Injectable } from '@nestjs/common';
import { parsePosition } from '#libs/contracts';
import { Log } from '../../platform/log/log.ts';
import { Projections } from '../../platform/projections/projections.ts';
import { InvalidAsOfError, ReadModelBehindError } from '../operations.errors.ts';

const POSITION = /^\d{1,16}$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
const WAIT_MS = 2_000;
const LOOKS_EVERY_MS = 50;

/** Which moment of the log is asked for. */
@Injectable()
export class AsOf {
  constructor(
    private readonly log: Log,
    private readonly projections: Projections,
  ) {}

  /**
   * @param asked a position, or a time: the state is that of everything recorded up to then
   * @param readModels that are to show it; a moment ago they may not have seen all of it yet
   * @returns nothing when nobody asks for the past
   * @throws InvalidAsOfError, ReadModelBehindError
   */
  async resolve(asked: string | undefined, readModels: readonly string[]): Promise<number | undefined> {
    if (asked === undefined) return undefined;
    const position = await this.toPosition(asked);
    const { position: head } = await this.log.store.head();
    if (position > head) throw new InvalidAsOfError(`the log ends at ${head}`);
    await this.waitFor(readModels, position);
    return position;
  }

  private async toPosition(asked: string): Promise<number> {
    if (POSITION.test(asked)) return parsePosition(asked);
    const time = new Date(asked);
    if (!TIME.test(asked) || Number.isNaN(time.getTime()) || !isDay(asked.slice(0, 10)))
      throw new InvalidAsOfError('it is neither a position nor a time');
    return this.log.store.positionAt(time);
  }

  private async waitFor(readModels: readonly string[], position: number): Promise<void> {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const positions = await Promise.all(readModels.map((name) => this.projections.position(name)));
      if (positions.every((at) => at >= position)) return;
      if (performance.now() >= end) throw new ReadModelBehindError(readModels, position);
      await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
    }
  }
}

/** The 30th of February would be taken for one of March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
