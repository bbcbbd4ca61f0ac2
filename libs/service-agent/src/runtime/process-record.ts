import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncDirectory } from './record-file.ts';

/** How a service is started, as it is configured. */
export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables whose values are the agent's own. */
  readonly inheritEnv: readonly string[];
}

/** Not strict: the child that an older agent wrote down must be found all the same. */
const ProcessRecordSchema = z.object({
  epoch: z.string(),
  spec_hashes: z.record(z.string(), z.string()).default({}),
  /** Stands in the environment of the child, by which it is found when the agent died before it knew the pid. */
  token: z.string(),
  pid: z.int().positive().optional(),
  start_time: z.string().optional(),
  exited: z.strictObject({ exit_code: z.int().optional(), signal: z.string().optional() }).optional(),
});
/** What the agent remembers of the child over its own death. Written before the child is started, and again with its pid. */
export type ProcessRecord = z.infer<typeof ProcessRecordSchema>;

const sortedEntries = (members: ProcessSpec['env']): [string, string][] =>
  Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1));

const computeHash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** A hash for each part of the configuration. What a child inherits differs from shell to shell, so it is no part of it. */
export function computeSpecHashes({ command, args, cwd, env, inheritEnv }: ProcessSpec): Record<string, string> {
  const parts = { command, args, cwd: cwd ?? null, env: sortedEntries(env), inherit_env: inheritEnv.toSorted() };
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, computeHash(value)]));
}

/** The parts of the configuration that are others now than when the child was started. */
export const findChangedParts = ({ spec_hashes: then }: ProcessRecord, spec: ProcessSpec): string[] =>
  Object.entries(computeSpecHashes(spec)).flatMap(([part, hash]) => (then[part] === hash ? [] : [part]));

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
