import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import {
  type ApiKeyPage,
  type ApiKeySummary,
  type CreateApiKey,
  type CreatedApiKey,
  formatPosition,
  type RevokeApiKey,
  type RevokedApiKey,
} from '#libs/contracts';
import { CreateApiKeySchema, RevokeApiKeySchema } from '#libs/contracts/schemas';
import { Clock } from '../platform/clock.ts';
import { bodyOf } from '../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../platform/http/principal.ts';
import { type ApiKey, stateOfKey } from './access.ts';
import { AccessService } from './access.service.ts';
import { createKeyText, hashKey } from './key-text.ts';

@Controller('api/keys')
export class KeysController {
  constructor(
    private readonly access: AccessService,
    private readonly clock: Clock,
  ) {}

  @Get()
  async list(): Promise<ApiKeyPage> {
    const { keys, position } = await this.access.loadKeys();
    const nowMs = this.clock.nowMs();
    return {
      items: [...keys.values()].toReversed().map((key) => toSummary(key, nowMs)),
      next_cursor: null,
      position: formatPosition(position),
    };
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  async create(
    @Body(bodyOf(CreateApiKeySchema)) { dry_run: isDryRun, expires_at: expiresAt, ...wanted }: CreateApiKey,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<CreatedApiKey> {
    const { keyId, text } = createKeyText();
    const { role, ...rest } = wanted;
    const { position } = await this.access.create(
      {
        key_id: keyId,
        ...rest,
        key_sha256: hashKey(text),
        ...(role !== undefined && { role }),
        ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
      },
      { actor, key: `create-key:${keyId}`, isDryRun },
    );
    const told = isDryRun ? { key_id: null, api_key: null } : { key_id: keyId, api_key: text };
    return { dry_run: isDryRun, ...told, position: formatPosition(position) };
  }

  @Post(':key_id/revoke')
  @HttpCode(HttpStatus.OK)
  async revoke(
    @Param('key_id') keyId: string,
    @Body(bodyOf(RevokeApiKeySchema)) { reason, dry_run: isDryRun }: RevokeApiKey,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<RevokedApiKey> {
    const write = { actor, key: `revoke-key:${keyId}`, isDryRun };
    const { isChanged, position } = await this.access.revoke({ keyId, reason }, write);
    return { dry_run: isDryRun, key_id: keyId, changed: isChanged, position: formatPosition(position) };
  }
}

const toText = (time: Date | undefined): string | null => time?.toISOString() ?? null;

function toSummary(key: ApiKey, nowMs: number): ApiKeySummary {
  return {
    key_id: key.keyId,
    owner: key.owner,
    kind: key.kind,
    role: key.role ?? null,
    state: stateOfKey(key, nowMs),
    created_at: key.createdAt.toISOString(),
    expires_at: toText(key.expiresAt),
    revoked_at: toText(key.revokedAt),
  };
}
