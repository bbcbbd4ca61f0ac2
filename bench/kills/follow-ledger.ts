import type { StoredEvent } from '#libs/event-store';
import { LineFile } from '#libs/testing';

/** An event as the follower saw it. */
export interface SeenEvent {
  position: number;
  id: string;
}

/** What the following process saw, a page a line, written before its checkpoint moves. */
export class FollowLedger {
  private readonly lines: LineFile;

  constructor(file: string) {
    this.lines = new LineFile(file);
  }

  note(events: readonly StoredEvent[]): void {
    this.lines.add(events.map(({ position, id }) => `${position}:${id}`).join(' '));
  }

  readPages(): SeenEvent[][] {
    return this.lines.read().map((line) =>
      line.split(' ').map((entry) => {
        const [position, id = ''] = entry.split(':');
        return { position: Number(position), id };
      }),
    );
  }
}
