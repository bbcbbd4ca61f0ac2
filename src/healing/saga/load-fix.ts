import type { EventStore } from '#libs/event-store';
import { type Folded, foldOn } from '../../platform/log/fold-stream.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { evolveFix, type FixSaga } from './fix-saga.ts';

/** A fix as the log has it, read on from what is known of it; `undefined` where it never began. */
export const loadFix = (
  store: EventStore,
  fixId: string,
  known: Folded<FixSaga | undefined> = { state: undefined, version: 0 },
): Promise<Folded<FixSaga | undefined>> =>
  foldOn<FixSaga | undefined, FixEvent>(store, logStreams.fix(fixId), known, (saga, event) =>
    evolveFix(saga, event, event.recordedAt),
  );
