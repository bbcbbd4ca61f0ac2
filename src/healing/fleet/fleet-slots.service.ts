import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { Folded } from '../../platform/log/fold-stream.ts';
import { FollowedStream } from '../../platform/log/followed-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { evolvePlace, findRoom, type FleetRoom, MOST_PLACES, type Place, type RoomQuestion } from './fleet-places.ts';
import type { FleetLimit, FleetSlotEvent } from './fleet-slot.events.ts';

type FollowedPlace = FollowedStream<Place, FleetSlotEvent>;

const LIMITS: readonly FleetLimit[] = ['live', 'radius', 'budget'];

/**
 * Who holds which place of the fleet's limits. Only places of which it is known that something was appended are read again; what
 * isn't known yet is found out by the append, which is refused.
 */
@Injectable()
export class FleetSlots {
  private readonly places: Readonly<Record<FleetLimit, readonly FollowedPlace[]>>;
  private readonly byStream: ReadonlyMap<string, FollowedPlace>;
  private outdated: Set<FollowedPlace>;
  private reading: Promise<void> = Promise.resolve();
  /** Orchestrators begin at different ones. */
  private turn = randomInt(MOST_PLACES);

  constructor({ store }: Log) {
    const follow = (limit: FleetLimit): FollowedPlace[] =>
      Array.from(
        { length: MOST_PLACES },
        (_, place) =>
          new FollowedStream<Place, FleetSlotEvent>(store, logStreams.fleetSlot(limit, place), [], (units, event) =>
            evolvePlace(units, event, event.recordedAt),
          ),
      );
    this.places = { live: follow('live'), radius: follow('radius'), budget: follow('budget') };
    const named = (limit: FleetLimit): [string, FollowedPlace][] =>
      this.places[limit].map((followed, place) => [logStreams.fleetSlot(limit, place), followed]);
    this.byStream = new Map(LIMITS.flatMap(named));
    this.outdated = new Set(this.byStream.values());
  }

  /** What is used of each limit, and where one more may be taken, by what was read last. Those who ask at once look in different places first. */
  findRooms(questions: Readonly<Record<FleetLimit, Omit<RoomQuestion, 'first'>>>): Record<FleetLimit, FleetRoom> {
    this.turn = (this.turn + 1) % MOST_PLACES;
    const find = (limit: FleetLimit): FleetRoom => findRoom(this.stateOf(limit), { ...questions[limit], first: this.turn });
    return { live: find('live'), radius: find('radius'), budget: find('budget') };
  }

  /** The place that a live fix holds, also one that another orchestrator has taken for it: one that isn't given back is lost for good. */
  async findHeld(fixId: string): Promise<number | undefined> {
    await this.catchUp();
    const known = this.placeOf(fixId);
    if (known !== undefined) return known;
    this.noteAnything();
    await this.catchUp();
    return this.placeOf(fixId);
  }

  /** An append was refused, or made: what is known of these streams is out of date, if they are places. */
  noteStreams(streams: readonly string[]): void {
    for (const stream of streams) {
      const place = this.byStream.get(stream);
      if (place !== undefined) this.outdated.add(place);
    }
  }

  /** What the reader of the log came upon. */
  apply(event: Recorded<FleetSlotEvent>): void {
    const place = this.byStream.get(event.stream);
    if (place !== undefined && !place.take(event)) this.outdated.add(place);
  }

  /** Others were quicker, and nobody told what they appended. */
  noteAnything(): void {
    this.outdated = new Set(this.byStream.values());
  }

  private stateOf(limit: FleetLimit): Folded<Place>[] {
    return this.places[limit].map((place) => place.current);
  }

  private placeOf(fixId: string): number | undefined {
    const held = this.stateOf('live').findIndex(({ state }) => state.some((unit) => unit.fixId === fixId));
    return held === -1 ? undefined : held;
  }

  /** Reads what is known to be out of date, after what is being read already: nobody goes on with less than all of it. */
  catchUp(): Promise<void> {
    const reading = this.reading.then(() => this.readOutdated());
    this.reading = reading.catch(() => undefined);
    return reading;
  }

  private async readOutdated(): Promise<void> {
    const { outdated } = this;
    if (outdated.size === 0) return;
    // What is noted meanwhile is read the next time.
    this.outdated = new Set();
    try {
      await Promise.all([...outdated].map((place) => place.catchUp()));
    } catch (error) {
      for (const place of outdated) this.outdated.add(place);
      throw error;
    }
  }
}
