import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { canonicalJson, type ControlState, controlSubject, HEADERS, jetStreamName } from '#libs/contracts';
import { NatsLink, readStreamEnd, UnexpectedSequenceError } from '#libs/messaging';
import { Clock } from '../../platform/clock.ts';
import { Configuration } from '../../platform/config/configuration.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { Log } from '../../platform/log/log.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { AgentsNotToldError } from '../healing.errors.ts';
import { SigningKeyHolder } from '../signing/signing-key-holder.ts';
import { readControlMessage, stopsOf, toControlState } from './control-message.ts';
import { ControlSwitch } from './control-switch.service.ts';

const INTERVAL_MS = 2000;
/** Others speak at the same time; one of so many tries gets through. */
const MOST_TRIES = 10;
/** A log that is silent must not keep a stop from being told. */
const LOG_WAIT_MS = 250;

/**
 * Says, signed, every 2 s and at each change, what may be carried out. An agent that hasn't heard it for 10 s does nothing, so that
 * a dead or cut-off orchestrator means stillness.
 */
@Injectable()
export class ControlHeartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private logId: string | undefined;
  private hasBeaten = false;
  private looking: Promise<unknown> | undefined;
  private latest: Promise<void> = Promise.resolve();
  /** Of what this process said last: its own word is no news to it. */
  private ownSequence: number | undefined;

  constructor(
    private readonly link: NatsLink,
    private readonly log: Log,
    private readonly keys: SigningKeyHolder,
    private readonly config: Configuration,
    private readonly clock: Clock,
    private readonly control: ControlSwitch,
    private readonly logger: AppLogger,
  ) {
    control.onChanged(() => this.beatSoon());
  }

  /** @throws AgentsNotToldError before the first one: an agent would refuse the command that came ahead of it. */
  assertBeating(): void {
    if (!this.hasBeaten) throw new AgentsNotToldError();
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beatSoon(), INTERVAL_MS);
    // What the log said while the connection was away is said at once.
    this.link.onReconnected(() => this.beatSoon());
    this.beatSoon();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** One after the other, each with what is known when its turn comes. */
  private beatSoon(): void {
    this.latest = this.latest
      .then(() => this.beat())
      .catch((error: unknown) => this.logger.problem('control heartbeat not sent', error));
  }

  private async beat(): Promise<void> {
    this.logId ??= await this.log.store.logId();
    await this.look();
    for (let tries = 1; ; tries += 1) {
      try {
        await this.publish(this.logId);
        await failpoint('heartbeat.published');
        this.hasBeaten = true;
        return;
      } catch (error) {
        if (!(error instanceof UnexpectedSequenceError) || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Right behind what was said last, which was read: no orchestrator lifts a stop of which it hasn't heard. */
  private async publish(logId: string): Promise<void> {
    const subject = controlSubject(this.config.tenant);
    const { lastSequence, lastMessage } = await readStreamEnd(this.link, jetStreamName(this.config.tenant, 'control'));
    const said = lastMessage === undefined ? undefined : readControlMessage(lastMessage.data);
    if (said !== undefined && said.log_id === logId && said.sequence !== this.ownSequence) await this.hear(said);
    const nowMs = this.clock.nowMs();
    const { key } = this.keys;
    const state = toControlState({
      stops: this.control.current.state,
      version: this.control.announcedVersion,
      // Agents take nothing that isn't above the last one, whatever became of the clock meanwhile.
      sequence: Math.max(nowMs, (said?.sequence ?? 0) + 1),
      nowMs,
      keyId: key.keyId,
      logId,
    });
    const body = new TextEncoder().encode(canonicalJson(state));
    const headers = { [HEADERS.keyId]: key.keyId, [HEADERS.signature]: key.sign(subject, body) };
    await this.link.publish({ subject, body, headers, expectedLastSequence: lastSequence });
    this.ownSequence = state.sequence;
  }

  /** What is ahead of us may be in the log by now. */
  private async hear(said: ControlState): Promise<void> {
    if (said.version > this.control.current.version) await this.look();
    this.control.hear(said.version, stopsOf(said));
  }

  /** While the log is away or slow, what is known counts. */
  private async look(): Promise<void> {
    this.looking ??= this.control
      .load()
      .catch(() => undefined)
      .finally(() => {
        this.looking = undefined;
      });
    await Promise.race([this.looking, new Promise((resolve) => setTimeout(resolve, LOG_WAIT_MS))]);
  }
}
