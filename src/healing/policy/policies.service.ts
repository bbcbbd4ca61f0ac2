import { Injectable } from '@nestjs/common';
import { type Folded, unchangedSince } from '../../platform/log/fold-stream.ts';
import { FollowedStream } from '../../platform/log/followed-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { decidePolicy, type PolicyCommand } from './policy.decider.ts';
import type { PolicyEvent } from './policy.events.ts';
import { evolvePolicy, NO_POLICY, type Policy, resolveLimits } from './policy.ts';
import type { Limits } from './policy-settings.ts';

/** What persons have set for the guards. */
@Injectable()
export class PoliciesService {
  private readonly followed: FollowedStream<Policy, PolicyEvent>;

  constructor(private readonly log: Log) {
    this.followed = new FollowedStream<Policy, PolicyEvent>(log.store, logStreams.policy, NO_POLICY, evolvePolicy);
  }

  /** As it was when it was last read. */
  get current(): Folded<Policy> {
    return this.followed.current;
  }

  load(): Promise<Folded<Policy>> {
    return this.followed.catchUp();
  }

  /** Those that hold for the whole fleet. */
  async limits(): Promise<Limits> {
    await this.load();
    return this.knownLimits;
  }

  /** As `limits`, as they were when they were last read. */
  get knownLimits(): Limits {
    return resolveLimits(this.current.state, { service: '', strategy: '' });
  }

  /**
   * Stores what a request makes of the policy; tells what, or would be, if it is only tried.
   *
   * @throws InvalidPolicyError | InvalidFreezeError | FreezeNotFoundError
   */
  async apply(command: PolicyCommand, { actor, dryRun = false }: { actor: string; dryRun?: boolean }): Promise<PolicyEvent[]> {
    for (;;) {
      const current = await this.load();
      const events = decidePolicy(current.state, command);
      if (events.length === 0 || dryRun) return events;
      const result = await this.log.append({
        actor,
        key: `policy:${current.version}`,
        writes: [{ stream: logStreams.policy, expected: unchangedSince(current), events }],
      });
      if (result.status === 'appended') return events;
    }
  }
}
