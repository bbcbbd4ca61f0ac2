import { z } from 'zod';
import { pageOf, PositionSchema } from './page.schema.ts';
import { ROLES } from './roles.ts';
import { DryRunSchema, ReasonSchema } from './write.schema.ts';

const KeyIdSchema = z
  .string()
  .regex(/^[0-9a-f]{12}$/)
  .describe('Names the key; it may be told to anybody.');

const OwnerSchema = z
  .string()
  .regex(/^[a-z0-9.-]{1,63}$/, 'must be 1 to 63 lower-case letters, digits, dots and hyphens')
  .describe('Who acts with it. Two keys of one owner are one person.');

const KEY_TEXT = 'zt_<key id>_<43 characters>';

/** What is kept of a key. Neither the key nor its hash. */
export const ApiKeySummarySchema = z
  .object({
    key_id: KeyIdSchema,
    owner: OwnerSchema,
    kind: z.enum(['person', 'ingest']).describe('`ingest` keys are for reports alone, and may use no endpoint of these.'),
    role: z.enum(ROLES).nullable().describe('Of people only.'),
    state: z.enum(['active', 'revoked', 'expired']),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .describe('An API key.');
export type ApiKeySummary = z.infer<typeof ApiKeySummarySchema>;

export const ApiKeyPageSchema = pageOf(ApiKeySummarySchema);
export type ApiKeyPage = z.infer<typeof ApiKeyPageSchema>;

export const CreateApiKeySchema = z
  .strictObject({
    owner: OwnerSchema,
    role: z.enum(ROLES).optional().describe('Of a person. An ingest key has none.'),
    kind: z.enum(['person', 'ingest']).default('person'),
    expires_at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('From then on it counts no longer; never when it is left out.'),
    reason: ReasonSchema,
    dry_run: DryRunSchema,
  })
  .refine(({ kind, role }) => (kind === 'person') === (role !== undefined), {
    path: ['role'],
    message: 'must be there for a person, and for an ingest key must not',
  })
  .describe('An API key that is to be made.');
export type CreateApiKey = z.infer<typeof CreateApiKeySchema>;

export const CreatedApiKeySchema = z
  .object({
    dry_run: z.boolean(),
    key_id: KeyIdSchema.nullable(),
    api_key: z.string().nullable().describe(`The key itself, ${KEY_TEXT}: told now and never again.`),
    position: PositionSchema,
  })
  .describe('What was made; with dry_run there is no key.');
export type CreatedApiKey = z.infer<typeof CreatedApiKeySchema>;

export const RevokeApiKeySchema = z
  .strictObject({ reason: ReasonSchema, dry_run: DryRunSchema })
  .describe('Why a key is to count no longer.');
export type RevokeApiKey = z.infer<typeof RevokeApiKeySchema>;

export const RevokedApiKeySchema = z
  .object({
    dry_run: z.boolean(),
    key_id: KeyIdSchema,
    changed: z.boolean().describe('false: it was revoked already.'),
    position: PositionSchema,
  })
  .describe('What became of it.');
export type RevokedApiKey = z.infer<typeof RevokedApiKeySchema>;

export const IdentitySchema = z
  .object({
    by: z.enum(['key', 'session', 'nothing']).describe('`nothing`: this installation lets people without a key do this much.'),
    role: z.enum(ROLES),
    owner: OwnerSchema.nullable(),
    key_id: KeyIdSchema.nullable(),
    position: PositionSchema,
  })
  .describe('Who asks, and what they may do.');
export type Identity = z.infer<typeof IdentitySchema>;

export const BeginSessionSchema = z
  .strictObject({ key: z.string().max(200).describe(`An API key: ${KEY_TEXT}.`), dry_run: DryRunSchema })
  .describe('Who signs in.');
export type BeginSession = z.infer<typeof BeginSessionSchema>;

export const SessionSchema = z
  .object({
    dry_run: z.boolean(),
    owner: OwnerSchema,
    role: z.enum(ROLES),
    expires_at: z.iso.datetime(),
    position: PositionSchema,
  })
  .describe('A session of the page: what it is for is in the cookie zantara_session.');
export type Session = z.infer<typeof SessionSchema>;
