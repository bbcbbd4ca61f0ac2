import { Injectable } from '@nestjs/common';
import { type Folded, foldStream } from '../../platform/log/fold-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { SlotEvent } from './slot.events.ts';
import { evolveSlot, FREE_SLOT, type SlotState } from './slot.ts';

/** Who holds which target. */
@Injectable()
export class SlotsService {
  constructor(private readonly log: Log) {}

  load(target: string): Promise<Folded<SlotState>> {
    return foldStream<SlotState, SlotEvent>(this.log.store, logStreams.slot(target), FREE_SLOT, (state, event) =>
      evolveSlot(state, event, event.recordedAt),
    );
  }
}
