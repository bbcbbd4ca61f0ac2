import { parseArgs } from 'node:util';
import { ZantaraError } from '#libs/contracts';
import { assertRevocable, prepareKey, readActiveId, revokePublishedKey, rotateKey } from './signing-key-changes.ts';
import { SigningKeyFiles } from './signing-key-files.ts';
import type { PublishedKey } from './signing-key-ring.ts';
import { DEFAULT_OVERLAP_MS } from './signing-keys.ts';

const USAGE = `signing-keys list|prepare|rotate|revoke KEY_ID --directory DIR [--overlap 24h] [--dry-run]

The keys that commands are signed with, in the directory that KEY_DIR names. A running orchestrator and the agents beside it notice
by themselves, within a second.

  list       which key signs, which are published until when, which are revoked
  prepare    publishes the next key; agents that read a copy of command-signing.public.json get it before the next step
  rotate     the next key signs from now on; the one before stays published for the overlap
  revoke     agents refuse what this key signed

  --overlap  how long the earlier key stays published: a number and s, m, h or d, at least 10m (24h)
  --dry-run  says what would be done, and does nothing`;

/** Far longer than a command lives, which is 30 s. */
const MIN_OVERLAP_MS = 600_000;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

class UsageError extends Error {}

interface Asked {
  readonly files: SigningKeyFiles;
  readonly overlapMs: number;
  readonly keyId: string | undefined;
  readonly isDryRun: boolean;
}

export interface CommandOutput {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Runs one command and returns the exit status: 0 done, 1 failed, 2 wrong usage. */
export function runSigningKeysCommand(args: readonly string[], { out, err }: CommandOutput): number {
  try {
    if (args.some((word) => word === '--help' || word === '-h')) {
      out(USAGE);
      return EXIT.ok;
    }
    const [action, asked] = parse(args);
    for (const line of action(asked)) out(line);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError) {
      err(`${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    err(error instanceof ZantaraError ? `${error.message}\n${error.remediation}` : String(error));
    return EXIT.failed;
  }
}

const ACTIONS: Readonly<Record<string, (asked: Asked) => string[]>> = {
  list: ({ files }) => {
    const active = files.has('active') ? readActiveId(files) : undefined;
    return files.readRing().map((key) => `${key.key_id}  ${describe(key, active)}`);
  },
  prepare: ({ files, isDryRun }) => {
    if (isDryRun) return [files.has('next') ? 'a key is prepared already' : 'would make a key and publish it'];
    return [`published ${prepareKey(files)}; it signs after rotate`];
  },
  rotate: ({ files, overlapMs, isDryRun }) => {
    const keyId = readActiveId(files);
    const until = new Date(Date.now() + overlapMs).toISOString();
    const which = files.has('next') ? files.read('next').published.key_id : 'a new key';
    if (isDryRun) return [`would let ${which} sign instead of ${keyId}, which would stay published until ${until}`];
    const { from, to, retiresAt } = rotateKey(files, { nowMs: Date.now(), overlapMs });
    return [`${to} signs now; ${from} stays published until ${retiresAt}`];
  },
  revoke: ({ files, keyId, isDryRun }) => {
    if (keyId === undefined) throw new UsageError('which key is to be revoked?');
    if (!isDryRun) revokePublishedKey(files, keyId);
    else assertRevocable(files, keyId);
    return [isDryRun ? `would revoke ${keyId}` : `revoked ${keyId}: agents refuse what it signed`];
  },
};

function describe({ key_id: keyId, revoked, retires_at: retiresAt }: PublishedKey, active: string | undefined): string {
  if (revoked === true) return 'revoked';
  if (keyId === active) return 'signs';
  return retiresAt === undefined ? 'prepared' : `published until ${retiresAt}`;
}

function parse(args: readonly string[]): [(asked: Asked) => string[], Asked] {
  const { values, positionals } = readArguments(args);
  const [name = '', keyId, surplus] = positionals;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw new UsageError(name === '' ? 'what is to be done?' : `there is no ${name}`);
  if (surplus !== undefined || (keyId !== undefined && name !== 'revoke')) throw new UsageError('too many words');
  if (values.directory === undefined) throw new UsageError('--directory is missing');
  const overlapMs = values.overlap === undefined ? DEFAULT_OVERLAP_MS : parseOverlap(values.overlap);
  return [action, { files: new SigningKeyFiles(values.directory), overlapMs, keyId, isDryRun: values['dry-run'] === true }];
}

const OPTIONS = { directory: { type: 'string' }, overlap: { type: 'string' }, 'dry-run': { type: 'boolean' } } as const;
type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;

function readArguments(args: readonly string[]): Arguments {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseOverlap(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const overlapMs = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (overlapMs >= MIN_OVERLAP_MS) return overlapMs;
  throw new UsageError(`--overlap ${text} is not a time of at least 10m`);
}
