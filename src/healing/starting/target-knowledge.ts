import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { FleetSlotEvent } from '../fleet/fleet-slot.events.ts';
import { FleetSlots } from '../fleet/fleet-slots.service.ts';
import { KnownFixes } from '../saga/known-fixes.ts';
import { LiveFixes } from '../slots/live-fixes.ts';
import type { SlotEvent } from '../slots/slot.events.ts';
import { StormsService } from '../storm/storms.service.ts';

/**
 * What the one reader of the log that decides keeps up with it in memory: live fixes, places of the fleet, targets that fail. After a
 * start, or a jump made by an orchestrator that was quicker, it is read anew.
 */
@Injectable()
export class TargetKnowledge {
  /** None yet: nothing is known of what came before the first page. */
  private appliedThrough: number | undefined;

  constructor(
    private readonly liveFixes: LiveFixes,
    private readonly fleet: FleetSlots,
    private readonly storms: StormsService,
    private readonly fixes: KnownFixes,
  ) {}

  /** Told before a page of the log is handled: a storm in it is known before its first event is decided about. */
  async begin(events: readonly StoredEvent[]): Promise<void> {
    const first = events[0]?.position ?? 0;
    if (this.appliedThrough === undefined || first !== this.appliedThrough + 1) {
      this.liveFixes.forget();
      this.fixes.forget();
      this.fleet.noteAnything();
    }
    this.fixes.takeIn(events);
    await this.storms.countThrough(events.at(-1)?.position ?? 0);
  }

  /** Told when all were handled: what broke off in between doesn't count. */
  end(events: readonly StoredEvent[]): void {
    this.appliedThrough = events.at(-1)?.position ?? this.appliedThrough;
  }

  /** It broke off: until it goes on nothing is known for sure. */
  lose(): void {
    this.appliedThrough = undefined;
  }

  /** Up to where the log was taken in; undefined while that breaks off, and before so much was read that a storm would be known. */
  get readThrough(): number | undefined {
    return this.storms.hasCounted ? this.appliedThrough : undefined;
  }

  /** A target of the catalogue is said to fail; the log will tell of it in a moment. */
  expectFailing(symptom: string, target: string): void {
    this.storms.expect(symptom, target);
  }

  /** Whether nothing was ever done about a target, as far as is known. */
  isUntouched(target: string): boolean {
    return this.liveFixes.isUntouched(target);
  }

  apply(event: Recorded<SlotEvent | FleetSlotEvent>): void {
    if (event.type === 'SlotReserved' || event.type === 'SlotReleased') this.liveFixes.apply(event);
    else this.fleet.apply(event);
  }

  findTarget(fixId: string): string | undefined {
    return this.liveFixes.findTarget(fixId);
  }

  findLiveFix(target: string): Promise<string | undefined> {
    return this.liveFixes.find(target);
  }
}
