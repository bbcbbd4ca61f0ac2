import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import { asRecorded } from '../../platform/log/domain-event.ts';
import type { Folded } from '../../platform/log/fold-stream.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { evolveFix, type FixSaga, isTerminal } from './fix-saga.ts';

const OF_FIXES = logStreams.fix('');
const MAX_KNOWN = 10_000;

/**
 * Live fixes as the reader of the log has seen them begin and go on, or as they were read, so that what an agent answers reads no stream
 * and a storm of reports none from its beginning. They may be out of date.
 */
@Injectable()
export class KnownFixes {
  private readonly fixes = new Map<string, Folded<FixSaga>>();

  /** Told of every event, in the order of the log. */
  takeIn(events: readonly StoredEvent[]): void {
    for (const event of asRecorded<FixEvent>(events.filter(({ stream }) => stream.startsWith(OF_FIXES)))) {
      const { fix_id: fixId } = event.data;
      const known = this.fixes.get(fixId);
      if (event.version !== (known?.version ?? 0) + 1) continue;
      this.note(fixId, { state: evolveFix(known?.state, event, event.recordedAt), version: event.version });
    }
  }

  /** Others were quicker, and what they did wasn't taken in here. */
  forget(): void {
    this.fixes.clear();
  }

  find(fixId: string): Folded<FixSaga> | undefined {
    return this.fixes.get(fixId);
  }

  /** As it was just read, or came in the log. */
  note(fixId: string, { state, version }: Folded<FixSaga | undefined>): void {
    if (version < (this.fixes.get(fixId)?.version ?? 0)) return;
    if (state === undefined || isTerminal(state)) this.fixes.delete(fixId);
    else this.fixes.set(fixId, { state, version });
    const [oldest] = this.fixes.keys();
    if (this.fixes.size > MAX_KNOWN && oldest !== undefined) this.fixes.delete(oldest);
  }
}
