import { z } from 'zod';
import { formatPosition } from '#libs/contracts';
import { PROJECTION_POOL } from '../platform/projections/projections.ts';
import { verifyProjection } from '../platform/projections/verify-projection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { OperatorCommand } from './operator-command.ts';
import { withLog } from './open-log.ts';
import { findReadModels, NamesSchema } from './read-model-names.ts';

const OptionsSchema = z.strictObject({ names: NamesSchema });

/** `projections-verify`: a line for each read model. Ends with 7 when one isn't what the log gives. */
export const projectionsVerifyCommand: OperatorCommand<z.infer<typeof OptionsSchema>> = {
  options: OptionsSchema,
  run: (context, { names }) =>
    withLog(context, PROJECTION_POOL, async (log): Promise<ExitCode> => {
      let isSound = true;
      for (const projection of findReadModels(names)) {
        context.progress.restart();
        const check = await verifyProjection(projection, log, {
          signal: context.signal,
          onProgress: (position, through) => context.progress.report(position, through, `events of ${projection.name}`),
        });
        context.progress.clear();
        context.signal.throwIfAborted();
        isSound &&= check.rowsMatch && check.logMatches === true;
        context.out({
          read_model: check.projection,
          position: formatPosition(check.position),
          digest: check.kept,
          rows_match: check.rowsMatch,
          log_matches: check.logMatches ?? null,
        });
      }
      return isSound ? EXIT.ok : EXIT.critical;
    }),
};
