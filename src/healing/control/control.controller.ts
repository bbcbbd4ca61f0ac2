import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { type ControlAnswer, formatPosition, type Scope, type StopHealing } from '#libs/contracts';
import { StopHealingSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../../platform/http/principal.ts';
import { Log } from '../../platform/log/log.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { ControlSwitch } from './control-switch.service.ts';

/** As long as an answer waits for the log, in milliseconds. What is stopped is so all the while. */
const LOG_WAIT_MS = 500;

/** The kill switch over HTTP. To stop works while the database is away. */
@Controller('api')
export class ControlController {
  constructor(
    private readonly control: ControlSwitch,
    private readonly log: Log,
    private readonly logger: AppLogger,
  ) {}

  @Get('control')
  async show(): Promise<ControlAnswer> {
    await this.inTime(this.control.load());
    return this.answer({ isDryRun: false, isStored: !this.control.hasPending });
  }

  @Post('stop')
  @HttpCode(HttpStatus.OK)
  async stop(
    @Body(bodyOf(StopHealingSchema)) { scope, reason, dry_run: isDryRun }: StopHealing,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ControlAnswer> {
    if (isDryRun) return this.answer({ isDryRun, isStored: true, also: scope });
    this.control.stop({ scope, reason, actor });
    await this.inTime(this.control.storePending());
    return this.answer({ isDryRun, isStored: !this.control.hasPending });
  }

  @Post('resume')
  @HttpCode(HttpStatus.OK)
  async resume(
    @Body(bodyOf(StopHealingSchema)) { scope, reason, dry_run: isDryRun }: StopHealing,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ControlAnswer> {
    await this.control.resume({ scope, reason, actor }, { dryRun: isDryRun });
    return this.answer({ isDryRun, isStored: true, without: isDryRun ? scope : undefined });
  }

  /** What the log answers, or nothing where that takes too long. */
  private async inTime<T>(asked: Promise<T>): Promise<T | undefined> {
    const answered = asked.catch((error: unknown) => {
      this.logger.problem('the log does not answer, and what is stopped is stopped all the same', error);
      return undefined;
    });
    return Promise.race([answered, delay(LOG_WAIT_MS, undefined, { ref: false })]);
  }

  private async answer(what: {
    isDryRun: boolean;
    isStored: boolean;
    also?: Scope;
    without?: Scope | undefined;
  }): Promise<ControlAnswer> {
    // Where it wasn't stored in time there is nobody to ask.
    const head = what.isStored ? await this.inTime(this.log.store.head()) : undefined;
    const stopped = new Set(this.control.current.state);
    if (what.also !== undefined) stopped.add(what.also);
    if (what.without !== undefined) stopped.delete(what.without);
    return {
      dry_run: what.isDryRun,
      stopped: [...stopped].toSorted(),
      version: this.control.announcedVersion,
      position: head === undefined ? null : formatPosition(head.position),
      stored: what.isStored,
    };
  }
}
