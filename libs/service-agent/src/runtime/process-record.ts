import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncDirectory } from './record-file.ts';

/** How a service is started. */
export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

const ProcessRecordSchema = z.strictObject({
  epoch: z.string(),
  spec_hash: z.string(),
  /** Stands in the environment of the child, by which it is found when the agent died before it knew the pid. */
  token: z.string(),
  pid: z.int().positive().optional(),
  start_time: z.string().optional(),
  exited: z.strictObject({ exit_code: z.int().optional(), signal: z.string().optional() }).optional(),
});
/** What the agent remembers of the child over its own death. Written before the child is started, and again with its pid. */
export type ProcessRecord = z.infer<typeof ProcessRecordSchema>;

export const computeSpecHash = ({ command, args, cwd, env }: ProcessSpec): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        command,
        args,
        cwd ?? null,
        Object.keys(env)
          .toSorted()
          .map((name) => [name, env[name]]),
      ]),
    )
    .digest('hex');

export function readProcessRecord(path: string): ProcessRecord | undefined {
  try {
    return ProcessRecordSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export async function writeProcessRecord(path: string, record: ProcessRecord): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(record));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(dirname(path));
}

export const removeProcessRecord = (path: string): void => rmSync(path, { force: true });
