import type { StoredEvent } from '#libs/event-store';
import type { VerdictReached, VerificationStarted } from '../../../src/healing/saga/fix.events.ts';
import { selectRecorded } from '../../../src/platform/log/domain-event.ts';
import type { SimService } from '../services.ts';
import { breach } from './breach.ts';

/** Compares what is called healed with what there was to be seen: whoever looked has found it up as often as it takes. */
export class HealedWatch {
  private readonly beganAtMs = new Map<string, number>();

  constructor(private readonly services: readonly SimService[]) {}

  /** `healed-unseen`: fewer looks found it up since its check began. */
  take(events: readonly StoredEvent[], nowMs: number): string[] {
    for (const { data } of selectRecorded<VerificationStarted>(events, ['VerificationStarted']))
      this.beganAtMs.set(data.fix_id, nowMs);
    return selectRecorded<VerdictReached>(events, ['VerdictReached']).flatMap(({ data }) => {
      if (data.verdict !== 'verified') return [];
      const sinceMs = this.beganAtMs.get(data.fix_id) ?? Infinity;
      const seen = this.services.find(({ id }) => id === data.target)?.seenUpAtMs.filter((atMs) => atMs >= sinceMs) ?? [];
      const sentence = `${data.fix_id} after ${seen.length} looks of ${data.required_clean} at ${data.target}`;
      return seen.length >= data.required_clean ? [] : [breach('healed-unseen', sentence)];
    });
  }
}
