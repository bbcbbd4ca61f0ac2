import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isAllowedUrl, isHostEntry } from '../outgoing/allowed-hosts.ts';

/** Of Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** Which hosts may be asked, and whom escalations are told. */
export const OUTGOING_VARIABLES = {
  OUTGOING_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((hosts) => hosts.split(',').flatMap((host) => host.trim().toLowerCase() || []))
    .refine((hosts) => hosts.every(isHostEntry), 'must be hosts or host:port, separated by commas'),
  ESCALATION_WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url))
    .optional(),
  ESCALATION_WEBHOOK_SECRET_FILE: z.string().transform(readSecrets).optional(),
};

const OutgoingSchema = z.object(OUTGOING_VARIABLES);

type OutgoingValues = z.infer<typeof OutgoingSchema>;

/** Where escalations are told, signed with the first secret, and with the others while one takes the place of another. */
export interface WebhookSettings {
  url: URL;
  secrets: readonly Buffer[];
}

/** What is wrong with these together. */
export function checkWebhook(values: OutgoingValues, context: z.RefinementCtx): void {
  const { ESCALATION_WEBHOOK_URL: url, ESCALATION_WEBHOOK_SECRET_FILE: secrets, OUTGOING_ALLOWED_HOSTS: hosts } = values;
  const complain = (name: keyof OutgoingValues, message: string): void =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (url !== undefined && !isAllowedUrl(url, hosts))
    complain('ESCALATION_WEBHOOK_URL', `${url.host} must be listed in OUTGOING_ALLOWED_HOSTS`);
  if (url !== undefined && secrets === undefined)
    complain('ESCALATION_WEBHOOK_SECRET_FILE', 'is needed where ESCALATION_WEBHOOK_URL is set');
}

/** None where nobody is to be told. */
export const toWebhookSettings = (values: OutgoingValues): WebhookSettings | undefined =>
  values.ESCALATION_WEBHOOK_URL === undefined
    ? undefined
    : { url: values.ESCALATION_WEBHOOK_URL, secrets: values.ESCALATION_WEBHOOK_SECRET_FILE ?? [] };

/** The text of the file never stands in what is said of it. */
function readSecrets(path: string, context: z.RefinementCtx): Buffer[] {
  const text = readText(path);
  if (text === undefined) {
    context.addIssue({ code: 'custom', message: 'is no file that can be read' });
    return z.NEVER;
  }
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const secrets = lines.map((line) => Buffer.from(SECRET.exec(line)?.[1] ?? '', 'base64'));
  const isWrong = ({ length }: Buffer): boolean => length < MIN_SECRET_BYTES || length > MAX_SECRET_BYTES;
  if (secrets.length === 0 || secrets.some(isWrong)) {
    context.addIssue({
      code: 'custom',
      message: 'must hold lines of whsec_ and base64 of 24 to 64 bytes, the one that counts first',
    });
    return z.NEVER;
  }
  return secrets;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
