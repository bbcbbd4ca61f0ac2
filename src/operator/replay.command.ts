import { createWriteStream, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { z } from 'zod';
import { READ_MODELS } from '../read-models.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { InvalidOptionsError } from './operator.errors.ts';
import type { OperatorCommand, OperatorContext } from './operator-command.ts';
import { type OpenLog, READ_ONLY, withLog } from './open-log.ts';
import type { ReplayManifest } from './replay/manifest.ts';
import { replayIntoSchema } from './replay/replay-into-schema.ts';
import { replayLog, type ReplayOptions } from './replay/replay-log.ts';

const PlaceSchema = z.string().min(1).max(40);

const OptionsSchema = z
  .strictObject({
    /** A position, or a time. */
    from: PlaceSchema.optional(),
    to: PlaceSchema.optional(),
    stream: z.string().min(1).max(300).optional(),
    incident: z.string().min(1).max(100).optional(),
    service: z.string().min(1).max(100).optional(),
    effects: z.boolean().default(false),
    /** Where the lines go instead of standard output; the manifest stands beside it. */
    file: z.string().min(1).optional(),
    /** A new schema of the database that gets the read models of what is replayed. */
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,49}$/, 'must be lower-case letters, digits and underscores')
      .optional(),
  })
  .refine(({ schema, from, file }) => schema === undefined || (from === undefined && file === undefined), {
    path: ['schema'],
    message: 'holds what the log means from its beginning: leave from and file out',
  });
type Options = z.infer<typeof OptionsSchema>;

/** `replay`: a line for each event, then the manifest. */
export const replayCommand: OperatorCommand<Options> = {
  options: OptionsSchema,
  run: (context, options) =>
    withLog(context, READ_ONLY, async (log): Promise<ExitCode> => {
      const replayOptions = await resolve(context, log, options);
      const { file, schema } = options;
      if (schema !== undefined) context.out(await replayIntoSchema(context, { ...replayOptions, log, schema }));
      else if (file !== undefined) context.out(await replayIntoFile(log, replayOptions, file));
      else context.out(await replayLog({ ...log, projections: READ_MODELS }, replayOptions, async (line) => context.line(line)));
      return EXIT.ok;
    }),
};

async function resolve(
  { progress, signal }: OperatorContext,
  { store }: OpenLog,
  { from, to, effects, stream, incident, service }: Options,
): Promise<ReplayOptions> {
  const { position: head } = await store.head();
  const first = from === undefined ? 1 : await toFirst(store, from);
  const last = to === undefined ? head : await toLast(store, to);
  if (last > head) throw new InvalidOptionsError([`to: the log ends at ${head}`]);
  return {
    from: first,
    to: last,
    selection: { stream, incident, service },
    withEffects: effects,
    onProgress: (position) => progress.report(position, last, 'events'),
    signal,
  };
}

const isPosition = (place: string): boolean => /^\d{1,16}$/.test(place);

/** The first event at or after a time. */
const toFirst = async (store: OpenLog['store'], place: string): Promise<number> =>
  isPosition(place) ? Math.max(1, Number(place)) : (await store.positionAt(new Date(toTime(place).getTime() - 1))) + 1;

const toLast = async (store: OpenLog['store'], place: string): Promise<number> =>
  isPosition(place) ? Number(place) : store.positionAt(toTime(place));

function toTime(place: string): Date {
  const time = new Date(place);
  if (!/^\d{4}-\d\d-\d\d/.test(place) || Number.isNaN(time.getTime()))
    throw new InvalidOptionsError([`${place.slice(0, 40)} is neither a position nor a time like 2026-11-29T03:00:00Z`]);
  return time;
}

async function replayIntoFile(log: OpenLog, options: ReplayOptions, file: string): Promise<ReplayManifest> {
  const stream = createWriteStream(file, { flags: 'wx' });
  await once(stream, 'open');
  try {
    const manifest = await replayLog({ ...log, projections: READ_MODELS }, options, async (line) => {
      if (!stream.write(`${line}\n`)) await once(stream, 'drain');
    });
    writeFileSync(`${file}.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
    return manifest;
  } finally {
    stream.end();
    await once(stream, 'close');
  }
}
