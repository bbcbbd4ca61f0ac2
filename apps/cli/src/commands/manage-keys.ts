import {
  type ApiKeySummary,
  type CreatedApiKey,
  isApiKeySummary,
  isCreatedApiKey,
  isRevokedApiKey,
  type Role,
  toneOfState,
} from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parseAnswer, parsePage } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { writeOne } from '../output/write-one.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions, WriteOptions } from './options.ts';

export interface CreateKeyOptions extends WriteOptions {
  owner: string;
  role?: Role;
  kind: 'person' | 'ingest';
  expiresAt?: string;
}

export type RevokeKeyOptions = WriteOptions;

export async function listKeys(terminal: Terminal, options: GlobalOptions): Promise<void> {
  const page = parsePage(await new ApiClient(options).get('/api/keys', {}), isApiKeySummary);
  await writePage(terminal, page, {
    format: options.output,
    columns: COLUMNS,
    whenEmpty: 'there is no key',
    more: (next) => `there are more: ${next}`,
  });
}

export async function createKey(terminal: Terminal, options: CreateKeyOptions): Promise<void> {
  const { owner, role, kind, expiresAt, reason, dryRun } = options;
  const body = { owner, role, kind, expires_at: expiresAt, reason, dry_run: dryRun === true };
  const answer = await new ApiClient(options).post('/api/keys', body);
  const created = parseAnswer(answer, isCreatedApiKey, 'what was made');
  writeOne(terminal, created, { format: options.output, columns: CREATED, say: () => sayCreated(terminal, created, owner) });
}

function sayCreated(terminal: Terminal, { dry_run: isDryRun, api_key: key, key_id: id }: CreatedApiKey, owner: string): void {
  if (isDryRun || key === null) return terminal.note(`a key for ${owner} would be made; nothing was stored`);
  terminal.out(key);
  terminal.note(`key ${id ?? ''} of ${owner}, shown only now. It is sent by --api-key or ZANTARA_API_KEY.`);
}

export async function revokeKey(terminal: Terminal, keyId: string, options: RevokeKeyOptions): Promise<void> {
  const { reason, dryRun } = options;
  const path = `/api/keys/${encodeURIComponent(keyId)}/revoke`;
  const answer = await new ApiClient(options).post(path, { reason, dry_run: dryRun === true });
  const revoked = parseAnswer(answer, isRevokedApiKey, 'what became of the key');
  const verb = dryRun === true ? 'would be revoked; nothing was stored' : 'is revoked';
  writeOne(terminal, revoked, {
    format: options.output,
    columns: REVOKED,
    say: () => terminal.note(`key ${revoked.key_id} ${revoked.changed ? verb : 'was revoked already'}`),
  });
}

/** To the second. */
const shownTime = (time: string | null): string => (time ?? '').slice(0, 19).replace('T', ' ');

const COLUMNS: readonly Column<ApiKeySummary>[] = [
  { name: 'key_id', title: 'key', raw: (key) => key.key_id },
  { name: 'owner', raw: (key) => key.owner },
  { name: 'kind', raw: (key) => key.kind },
  { name: 'role', raw: (key) => key.role },
  { name: 'state', raw: (key) => key.state, tone: (key) => toneOfState(key.state) },
  { name: 'created_at', title: 'since', raw: (key) => key.created_at, shown: (key) => shownTime(key.created_at) },
  { name: 'expires_at', title: 'until', raw: (key) => key.expires_at, shown: (key) => shownTime(key.expires_at) },
  { name: 'revoked_at', title: 'revoked', raw: (key) => key.revoked_at, shown: (key) => shownTime(key.revoked_at) },
];

const CREATED: readonly Column<CreatedApiKey>[] = (['key_id', 'api_key', 'dry_run', 'position'] as const).map((name) => ({
  name,
  raw: (created) => created[name],
}));

const REVOKED = (['key_id', 'changed', 'dry_run', 'position'] as const).map((name) => ({
  name,
  raw: (revoked: Record<typeof name, string | boolean>) => revoked[name],
}));
