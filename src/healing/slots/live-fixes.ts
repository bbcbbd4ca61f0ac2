import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { SlotEvent } from './slot.events.ts';
import { SlotsService } from './slots.service.ts';

/**
 * Which fix is live on a target, kept up with the log by its one reader, so that a storm of reports reads no streams. Only what
 * is in the catalogue is remembered: a report may name anything.
 */
@Injectable()
export class LiveFixes {
  private readonly byTarget = new Map<string, string | undefined>();
  private readonly targets = new Map<string, string>();
  /** On which anything was ever done, as far as is known. */
  private readonly touched = new Set<string>();

  constructor(
    private readonly slots: SlotsService,
    private readonly catalogue: CatalogueService,
  ) {}

  /** Others were quicker, and what they did wasn't applied here. */
  forget(): void {
    this.byTarget.clear();
    this.touched.clear();
    this.targets.clear();
  }

  apply(event: SlotEvent): void {
    const { target, fix_id: fixId } = event.data;
    this.touched.add(target);
    if (event.type === 'SlotReserved') {
      this.byTarget.set(target, fixId);
      this.targets.set(fixId, target);
    } else {
      if (this.byTarget.get(target) === fixId) this.byTarget.set(target, undefined);
      this.targets.delete(fixId);
    }
  }

  /** Of a fix that was seen to begin here. */
  findTarget(fixId: string): string | undefined {
    return this.targets.get(fixId);
  }

  /** Whether nothing was ever done about it, as far as is known. */
  isUntouched(target: string): boolean {
    return !this.touched.has(target);
  }

  async find(target: string): Promise<string | undefined> {
    if (this.catalogue.findService(target) === undefined) return undefined;
    if (this.byTarget.has(target)) return this.byTarget.get(target);
    const { state, version } = await this.slots.load(target);
    if (version > 0) this.touched.add(target);
    // What was applied meanwhile is newer.
    if (!this.byTarget.has(target)) this.byTarget.set(target, state.liveFix);
    return this.byTarget.get(target);
  }
}
