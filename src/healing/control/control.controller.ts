import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import type { ControlAnswer, Scope, StopHealing } from '#libs/contracts';
import { StopHealingSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../../platform/http/principal.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { ControlSwitch } from './control-switch.service.ts';

/** As long as a stop waits for the log before it is answered, in milliseconds. It holds all the while. */
const STORE_WAIT_MS = 500;

/** The kill switch over HTTP. To stop works while the database is away. */
@Controller('api')
export class ControlController {
  constructor(
    private readonly control: ControlSwitch,
    private readonly logger: AppLogger,
  ) {}

  @Get('control')
  async show(): Promise<ControlAnswer> {
    await this.control.load();
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
    const stored = this.control.storePending().catch((error: unknown) => {
      this.logger.problem('a stop holds and could not be stored yet', error);
    });
    await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, STORE_WAIT_MS))]);
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

  private answer(what: { isDryRun: boolean; isStored: boolean; also?: Scope; without?: Scope | undefined }): ControlAnswer {
    const stopped = new Set(this.control.current.state);
    if (what.also !== undefined) stopped.add(what.also);
    if (what.without !== undefined) stopped.delete(what.without);
    return {
      dry_run: what.isDryRun,
      stopped: [...stopped].toSorted(),
      version: this.control.announcedVersion,
      stored: what.isStored,
    };
  }
}
