import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { canonicalJson, type ControlState, controlSubject, HEADERS } from '#libs/contracts';
import { validateControlState } from '#libs/contracts/schemas';
import { NatsLink, readControlState } from '#libs/messaging';
import { Clock } from '../platform/clock.ts';
import { Configuration } from '../platform/config/configuration.ts';
import { Log } from '../platform/log/log.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { AgentsNotToldError } from './healing.errors.ts';
import { SigningKeyHolder } from './signing-key-holder.ts';

const INTERVAL_MS = 2000;

/**
 * Says, signed and every 2 s, that commands may be carried out. An agent that hasn't heard it for 10 s does nothing, so that a
 * dead or cut-off orchestrator means stillness.
 */
@Injectable()
export class ControlHeartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private logId: string | undefined;
  private hasBeaten = false;

  constructor(
    private readonly link: NatsLink,
    private readonly log: Log,
    private readonly keys: SigningKeyHolder,
    private readonly config: Configuration,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** @throws AgentsNotToldError before the first one: an agent would refuse the command that came ahead of it. */
  assertBeating(): void {
    if (!this.hasBeaten) throw new AgentsNotToldError();
  }

  onApplicationBootstrap(): void {
    const beat = (): void => void this.beat().catch((error: unknown) => this.logger.problem('control heartbeat not sent', error));
    this.timer = setInterval(beat, INTERVAL_MS);
    beat();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    this.logId ??= await this.log.store.logId();
    const nowMs = this.clock.nowMs();
    const state: ControlState = {
      v: 1,
      key_id: this.keys.key.keyId,
      state: 'running',
      stopped_services: [],
      stopped_strategies: [],
      log_id: this.logId,
      version: 0,
      sequence: Math.max(nowMs, (await this.readLastSequence()) + 1),
      issued_at: new Date(nowMs).toISOString(),
    };
    const subject = controlSubject(this.config.tenant);
    const body = new TextEncoder().encode(canonicalJson(state));
    await this.link.publish({
      subject,
      body,
      headers: { [HEADERS.keyId]: this.keys.key.keyId, [HEADERS.signature]: this.keys.key.sign(subject, body) },
    });
    this.hasBeaten = true;
  }

  /** Agents take nothing that isn't above the last one, whatever became of the clock meanwhile and whoever sent it. */
  private async readLastSequence(): Promise<number> {
    const stored = await readControlState(this.link, this.config.tenant);
    return stored === undefined ? 0 : sequenceOf(stored.data);
  }
}

/** What can't be read is no state at all, and the next beat replaces it. */
function sequenceOf(body: Uint8Array): number {
  try {
    const state = validateControlState(JSON.parse(new TextDecoder().decode(body)));
    return state.valid ? state.value.sequence : 0;
  } catch {
    return 0;
  }
}
