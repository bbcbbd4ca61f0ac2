import { z } from 'zod';
import { formatPosition } from '#libs/contracts';
import { findGeneration, getGeneration } from '../platform/projections/generation.ts';
import type { Projection } from '../platform/projections/projection.ts';
import { PROJECTION_POOL } from '../platform/projections/projections.ts';
import { rebuildProjection, returnToPrevious } from '../platform/projections/rebuild-projection.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { OperatorCommand, OperatorContext } from './operator-command.ts';
import { type OpenLog, withLog } from './open-log.ts';
import { findReadModels, NamesSchema } from './read-model-names.ts';

const OptionsSchema = z.strictObject({
  names: NamesSchema,
  /** Says what would be done. */
  dry_run: z.boolean().default(false),
  /** Shows the tables of before the last rebuild again. */
  back: z.boolean().default(false),
  /** Takes the new tables also where they differ. */
  force: z.boolean().default(false),
});
type Options = z.infer<typeof OptionsSchema>;

/** `projections-rebuild`: a line for each read model. An interrupted one is gone on with by the same command. */
export const projectionsRebuildCommand: OperatorCommand<Options> = {
  options: OptionsSchema,
  run: (context, options) =>
    withLog(context, PROJECTION_POOL, async (log): Promise<ExitCode> => {
      for (const projection of findReadModels(options.names)) {
        const answer = await treat(context, log, { projection, options });
        context.progress.clear();
        context.out(answer);
        if (context.signal.aborted) return interrupted(context);
      }
      return EXIT.ok;
    }),
};

function interrupted({ note }: OperatorContext): ExitCode {
  note('stopped; readers see what they saw. The same command goes on where this one was.');
  return EXIT.failed;
}

function treat(
  context: OperatorContext,
  log: OpenLog,
  { projection, options }: { projection: Projection; options: Options },
): Promise<object> {
  if (options.dry_run) return plan(log, projection, options);
  return options.back ? goBack(log, projection) : rebuild(context, log, { projection, isForced: options.force });
}

async function plan({ pool }: OpenLog, { name, version, tables }: Projection, { back }: Options): Promise<object> {
  const live = await getGeneration(pool, name, 'live');
  const [building, previous] = await Promise.all([
    findGeneration(pool, name, 'building'),
    findGeneration(pool, name, 'previous'),
  ]);
  const goesOn = building?.version === version ? building.position : 0;
  return {
    read_model: name,
    outcome: back && previous === undefined ? 'nothing-to-go-back-to' : 'planned',
    ...(back
      ? { generation: previous?.generation ?? null, position: formatPosition(previous?.position ?? 0) }
      : {
          tables: tables.map((table) => table.name),
          from_position: formatPosition(goesOn),
          position: formatPosition(live.position),
        }),
  };
}

async function goBack(log: OpenLog, projection: Projection): Promise<object> {
  const { generation, position } = await returnToPrevious(projection, log);
  return { read_model: projection.name, outcome: 'returned', generation, position: formatPosition(position) };
}

async function rebuild(
  { progress, signal }: OperatorContext,
  log: OpenLog,
  { projection, isForced }: { projection: Projection; isForced: boolean },
): Promise<object> {
  const startedMs = performance.now();
  progress.restart();
  const onProgress = (position: number, through: number): void =>
    progress.report(position, through, `events of ${projection.name}`);
  const { position, ...rebuilt } = await rebuildProjection(projection, log, { isForced, signal, onProgress });
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    read_model: projection.name,
    ...rebuilt,
    position: formatPosition(position),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}
