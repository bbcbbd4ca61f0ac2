import type { AppendSuccess } from '#libs/event-store';
import { LineFile } from '#libs/testing';

/** All that a request is made of. */
export interface Sent {
  /** Names the request for ever. */
  name: string;
  stream: string;
  /** With a key of its own, or known by the id of its first event. */
  isKeyed: boolean;
  eventIds: readonly string[];
}

export interface LedgerEntry extends Sent {
  /** Where it was stored, if anybody was told. */
  answer?: Pick<AppendSuccess, 'firstPosition' | 'lastPosition'>;
}

const SENT = 'sent';
const ACKNOWLEDGED = 'acknowledged';
const KEYED = 'keyed';

/** What the appending process knows: each request before it is sent, each answer before anything else is done. */
export class AppendLedger {
  private readonly lines: LineFile;
  private acknowledged = 0;

  constructor(file: string) {
    this.lines = new LineFile(file);
  }

  noteSent({ name, stream, isKeyed, eventIds }: Sent): void {
    this.lines.add([SENT, name, stream, isKeyed ? KEYED : 'plain', ...eventIds].join(' '));
  }

  noteAcknowledged({ name }: Sent, { firstPosition, lastPosition }: AppendSuccess): void {
    this.lines.add(`${ACKNOWLEDGED} ${name} ${firstPosition} ${lastPosition}`);
  }

  read(): LedgerEntry[] {
    const entries = new Map<string, LedgerEntry>();
    for (const line of this.lines.read()) {
      const [what, name = '', first = '', second, ...eventIds] = line.split(' ');
      const entry = entries.get(name);
      if (what === SENT) entries.set(name, { name, stream: first, isKeyed: second === KEYED, eventIds });
      else if (entry !== undefined) {
        entries.set(name, { ...entry, answer: { firstPosition: Number(first), lastPosition: Number(second) } });
      }
    }
    return [...entries.values()];
  }

  /** Requests that a process which is gone left without an answer. */
  readOpen(): LedgerEntry[] {
    return this.read().filter(({ answer }) => answer === undefined);
  }

  countAcknowledged(): number {
    this.acknowledged += this.lines.readNew().filter((line) => line.startsWith(ACKNOWLEDGED)).length;
    return this.acknowledged;
  }
}
