import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  type BeginFreeze,
  type ChangedPolicy,
  type ChangePolicy,
  type EndFreeze,
  formatPosition,
  type PolicyAnswer,
} from '#libs/contracts';
import { BeginFreezeSchema, ChangePolicySchema, EndFreezeSchema } from '#libs/contracts/schemas';
import { Clock } from '../../platform/clock.ts';
import { bodyOf } from '../../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../../platform/http/principal.ts';
import { Log } from '../../platform/log/log.ts';
import { PoliciesService } from './policies.service.ts';
import type { PolicyCommand } from './policy.decider.ts';
import { LIMIT_MEANINGS, SAFE_LIMITS } from './policy-settings.ts';

const DEFAULTS: PolicyAnswer['limits'] = Object.fromEntries(
  Object.entries(SAFE_LIMITS).map(([name, value]) => [
    name,
    { default: value, about: new Map(Object.entries(LIMIT_MEANINGS)).get(name) ?? '' },
  ]),
);

/** What the guards go by. */
@Controller('api')
export class PolicyController {
  constructor(
    private readonly policies: PoliciesService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  @Get('policy')
  async show(): Promise<PolicyAnswer> {
    const position = await this.position();
    const { settings, freezes } = (await this.policies.load()).state;
    const scopes = Object.fromEntries([...settings].map(([scope, set]) => [scope, { ...set }]));
    return { limits: DEFAULTS, scopes, freezes: [...freezes.values()], position };
  }

  @Post('policy')
  @HttpCode(HttpStatus.OK)
  change(
    @Body(bodyOf(ChangePolicySchema)) { scope, settings, reason, dry_run: isDryRun }: ChangePolicy,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ChangedPolicy> {
    return this.apply({ type: 'ChangePolicy', scope, settings, reason, source: 'person' }, { actor, isDryRun });
  }

  @Post('freezes')
  @HttpCode(HttpStatus.OK)
  begin(
    @Body(bodyOf(BeginFreezeSchema)) { scope, reason, from, until, dry_run: isDryRun }: BeginFreeze,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ChangedPolicy> {
    const begin = new Date(from ?? this.clock.nowMs()).toISOString();
    const end = until === undefined || until === null ? null : new Date(until).toISOString();
    const freezeId = uuidv7();
    return this.apply({ type: 'BeginFreeze', freezeId, scope, from: begin, until: end, reason }, { actor, isDryRun, freezeId });
  }

  @Post('freezes/:freeze_id/end')
  @HttpCode(HttpStatus.OK)
  end(
    @Param('freeze_id') freezeId: string,
    @Body(bodyOf(EndFreezeSchema)) { reason, dry_run: isDryRun }: EndFreeze,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ChangedPolicy> {
    return this.apply({ type: 'EndFreeze', freezeId, reason }, { actor, isDryRun, freezeId });
  }

  private async apply(
    command: PolicyCommand,
    { actor, isDryRun, freezeId = null }: { actor: string; isDryRun: boolean; freezeId?: string | null },
  ): Promise<ChangedPolicy> {
    const events = await this.policies.apply(command, { actor, dryRun: isDryRun });
    return { dry_run: isDryRun, changed: events.length > 0, freeze_id: freezeId, position: await this.position() };
  }

  private async position(): Promise<string> {
    return formatPosition((await this.log.store.head()).position);
  }
}
