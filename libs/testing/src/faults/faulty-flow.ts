import type { Socket } from 'node:net';
import { FlowPace, type Pace } from './flow-pace.ts';

/** What goes wrong with one direction of every connection. */
export interface FlowFaults extends Pace {
  /** From the end that one side says to the end that the other one hears. */
  readonly closeDelayMs: number;
  /** `held`: nothing comes through, and nothing is lost; `lost`: nothing comes through, ends neither, and nobody is told. */
  readonly passage: 'open' | 'held' | 'lost';
}

export const NO_FAULTS: FlowFaults = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  closeDelayMs: 0,
  passage: 'open',
};

interface Piece {
  /** Without any it is the end. */
  readonly bytes?: Buffer;
  dueAt: number;
}

/** What waits here at most: beyond it the sender has to wait. */
const MOST_BYTES = 1024 * 1024;
/** A throttled flow drips this often, or a large piece would be silence and then a burst. */
const DRIP_MS = 20;

/** One direction of one connection: hands on what it gets, in its order and unchanged, as late as the faults say. */
export class FaultyFlow {
  /** Something is missing, so that what comes now would no longer fit. */
  hasLost = false;
  private faults: FlowFaults = NO_FAULTS;
  private readonly pace: FlowPace;
  private readonly queue: Piece[] = [];
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    random: () => number,
  ) {
    this.pace = new FlowPace(random);
    to.on('drain', () => this.forward());
    from.on('end', () => this.take({ dueAt: this.pace.dueAt(performance.now() + this.faults.closeDelayMs, 0, this.faults) }));
  }

  get isSilent(): boolean {
    return this.faults.passage === 'lost';
  }

  /** For what comes from now on; what is under way arrives when it would have, or with `recover` at once. */
  suffer(faults: FlowFaults): void {
    this.faults = faults;
    this.forward();
  }

  recover(): void {
    this.pace.forget();
    for (const piece of this.queue) piece.dueAt = 0;
    this.suffer(NO_FAULTS);
  }

  receive(bytes: Buffer): void {
    const most = Math.max(1, Math.min(bytes.length, Math.ceil((this.faults.bytesPerSecond * DRIP_MS) / 1_000)));
    for (let start = 0; start < bytes.length; start += most) {
      const piece = bytes.subarray(start, start + most);
      this.take({ bytes: piece, dueAt: this.pace.dueAt(performance.now(), piece.length, this.faults) });
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.queue.length = 0;
  }

  private take(piece: Piece): void {
    this.queue.push(piece);
    this.waitingBytes += piece.bytes?.length ?? 0;
    this.forward();
  }

  private forward(): void {
    clearTimeout(this.timer);
    if (this.isSilent) this.lose();
    const isOpen = this.faults.passage === 'open';
    while (isOpen && !this.to.writableNeedDrain) {
      const next = this.queue[0];
      if (next === undefined) break;
      const remainingMs = next.dueAt - performance.now();
      if (remainingMs > 0) {
        this.timer = setTimeout(() => this.forward(), Math.ceil(remainingMs));
        break;
      }
      this.queue.shift();
      this.waitingBytes -= next.bytes?.length ?? 0;
      this.handOn(next);
    }
    if (this.waitingBytes > MOST_BYTES) this.from.pause();
    else this.from.resume();
  }

  private handOn({ bytes }: Piece): void {
    if (bytes === undefined) this.to.end();
    else if (this.to.writable) this.to.write(bytes);
  }

  private lose(): void {
    if (this.queue.length > 0) this.hasLost = true;
    this.queue.length = 0;
    this.waitingBytes = 0;
  }
}
