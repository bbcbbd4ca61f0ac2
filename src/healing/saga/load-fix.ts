import type { EventStore } from '#libs/event-store';
import { type Folded, foldStream } from '../../platform/log/fold-stream.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { evolveFix, type FixSaga } from './fix-saga.ts';

/** A fix as the log has it; `undefined` where it never began. */
export const loadFix = (store: EventStore, fixId: string): Promise<Folded<FixSaga | undefined>> =>
  foldStream<FixSaga | undefined, FixEvent>(store, logStreams.fix(fixId), undefined, (saga, event) =>
    evolveFix(saga, event, event.recordedAt),
  );
