import { z } from 'zod';

const FigureSchema = z.strictObject({
  name: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  reach: z.string(),
  holds: z.boolean(),
});

/** What every command that measures writes with `--json FILE`. */
export const ReportSchema = z.strictObject({
  command: z.string(),
  commit: z.string(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int(),
    memoryGiB: z.number(),
    system: z.string(),
    node: z.string(),
  }),
  seed: z.int(),
  /** All times of ours were divided by this; 1 means that none was. */
  timeFactor: z.number().positive(),
  startedAt: z.iso.datetime(),
  durationSeconds: z.number(),
  figures: z.array(FigureSchema).min(1),
  rounds: z.array(z.record(z.string(), z.unknown())),
});
export type Report = z.infer<typeof ReportSchema>;

/** What the shell is told. */
export const EXIT = { allHold: 0, couldNotRun: 1, someDoNotHold: 3 } as const;

export const exitStatusOf = ({ figures }: Pick<Report, 'figures'>): number =>
  figures.length > 0 && figures.every(({ holds }) => holds) ? EXIT.allHold : EXIT.someDoNotHold;
