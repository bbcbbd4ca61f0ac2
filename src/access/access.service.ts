import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { type Folded, unchangedSince } from '../platform/log/fold-stream.ts';
import { FollowedStream } from '../platform/log/followed-stream.ts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { type AccessState, evolveAccess, hadAdmin, NO_KEYS } from './access.ts';
import { type CreateKey, decideCreate, decideRevoke, type Decision, type Refusal, type RevokeKey } from './access.decider.ts';
import { ExpiryPastError, KeyNotFoundError, LastAdminKeyError } from './access.errors.ts';
import type { AccessEvent } from './access.events.ts';

/** Who revokes a key somewhere else is heard of this soon. */
const FRESH_MS = 1000;
/** Longer nobody is kept waiting for a log that can't be read: what is in memory counts, so that people can still stop everything. */
const MAX_WAIT_MS = 300;

export interface KeyWrite {
  /** Who acts, and which command that is, for ever. */
  actor: string;
  key: string;
  /** Only says whether it would be done. */
  isDryRun: boolean;
}

export interface Written {
  /** Whether something has changed, or would. */
  isChanged: boolean;
  position: number;
}

/** The API keys of this installation. */
@Injectable()
export class AccessService {
  private readonly keys: FollowedStream<AccessState, AccessEvent>;
  private knownAtMs = Number.NEGATIVE_INFINITY;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.keys = new FollowedStream<AccessState, AccessEvent>(log.store, logStreams.access, NO_KEYS, evolveAccess);
  }

  /** As the log has it by now, or had it when it could be read last. */
  async findKeys(): Promise<AccessState> {
    if (performance.now() - this.knownAtMs > FRESH_MS) {
      await Promise.race([this.refresh(), delay(MAX_WAIT_MS, undefined, { ref: false })]);
    }
    return this.keys.current.state;
  }

  /** As the log has it. */
  async loadKeys(): Promise<AccessState> {
    return (await this.keys.catchUp()).state;
  }

  /** @throws ExpiryPastError */
  create(command: CreateKey, write: KeyWrite): Promise<Written> {
    return this.write(write, () => decideCreate(command, this.clock.nowMs()));
  }

  /** Only where no admin key was ever made. */
  createFirst(command: CreateKey, write: KeyWrite): Promise<Written> {
    return this.write(write, (state) => (hadAdmin(state) ? { events: [] } : decideCreate(command, this.clock.nowMs())));
  }

  /** @throws KeyNotFoundError, LastAdminKeyError */
  revoke(command: RevokeKey, write: KeyWrite): Promise<Written> {
    return this.write(write, (state) => decideRevoke(state, command), command.keyId);
  }

  private async write(
    { actor, key, isDryRun }: KeyWrite,
    decide: (state: AccessState) => Decision<AccessEvent>,
    keyId = '',
  ): Promise<Written> {
    for (;;) {
      const known = await this.keys.catchUp();
      const decision = decide(known.state);
      if ('refusal' in decision) throw toError(decision.refusal, keyId);
      const isChanged = decision.events.length > 0;
      if (isDryRun || !isChanged) return { isChanged, position: known.state.position };
      const stored = await this.append({ actor, key }, known, decision.events);
      if (stored !== undefined) return stored;
    }
  }

  private async append(
    by: { actor: string; key: string },
    known: Folded<AccessState>,
    events: readonly AccessEvent[],
  ): Promise<Written | undefined> {
    const writes = [{ stream: logStreams.access, expected: unchangedSince(known), events }];
    const result = await this.log.append({ ...by, writes });
    if (result.status === 'conflict') return undefined;
    // It is stored, whether it can be read again at once or not.
    this.knownAtMs = Number.NEGATIVE_INFINITY;
    await this.refresh();
    return { isChanged: result.status === 'appended', position: result.lastPosition };
  }

  /** One reading at a time, however many wait for it. */
  private refresh(): Promise<void> {
    const askedAtMs = performance.now();
    this.refreshing ??= this.keys
      .catchUp()
      .then(() => void (this.knownAtMs = askedAtMs))
      .catch(() => undefined)
      .finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }
}

function toError(refusal: Refusal, keyId: string): Error {
  switch (refusal) {
    case 'expiry-past':
      return new ExpiryPastError();
    case 'key-not-found':
      return new KeyNotFoundError(keyId);
    case 'last-admin-key':
      return new LastAdminKeyError(keyId);
  }
}
