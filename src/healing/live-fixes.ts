import { Injectable } from '@nestjs/common';
import type { SlotEvent } from './slot.events.ts';
import { SlotsService } from './slots.service.ts';

/** Which fix is live on a target, kept up with the log by its one reader, so that a storm of reports reads no streams. */
@Injectable()
export class LiveFixes {
  private readonly byTarget = new Map<string, string | undefined>();

  constructor(private readonly slots: SlotsService) {}

  apply(event: SlotEvent): void {
    const { target, fix_id: fixId } = event.data;
    if (event.type === 'SlotReserved') this.byTarget.set(target, fixId);
    else if (this.byTarget.get(target) === fixId) this.byTarget.set(target, undefined);
  }

  async find(target: string): Promise<string | undefined> {
    if (!this.byTarget.has(target)) this.byTarget.set(target, (await this.slots.load(target)).state.liveFix);
    return this.byTarget.get(target);
  }
}
