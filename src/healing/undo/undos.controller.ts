import { Body, Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { formatPosition, type UndoFix, type UndoneFix } from '#libs/contracts';
import { UndoFixSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../../platform/http/principal.ts';
import { Log } from '../../platform/log/log.ts';
import { UndosService } from './undos.service.ts';

/** What persons want undone. */
@Controller('api')
export class UndosController {
  constructor(
    private readonly undos: UndosService,
    private readonly log: Log,
  ) {}

  @Post('fixes/:fix_id/undo')
  @HttpCode(HttpStatus.OK)
  async undo(
    @Param('fix_id') fixId: string,
    @Body(bodyOf(UndoFixSchema)) { reason, dry_run: isDryRun }: UndoFix,
    @CurrentPrincipal() { actor, role }: Principal,
  ): Promise<UndoneFix> {
    const { saga, commands } = await this.undos.request(fixId, { actor, role, reason }, { dryRun: isDryRun });
    return {
      dry_run: isDryRun,
      fix_id: fixId,
      state: saga.state,
      commands: commands.map(({ commandId, step, parameters, executionTimeoutMs }) => ({
        command_id: commandId,
        undoes: step.commandId,
        agent_id: saga.agentId,
        target: saga.target,
        strategy: saga.strategy,
        parameters,
        execution_timeout_ms: executionTimeoutMs,
      })),
      position: formatPosition((await this.log.store.head()).position),
    };
  }
}
