import { type InboundMessage, InvalidMessageError } from '#libs/messaging';

/** What a message holds, or why it is no JSON. Told, not thrown: one bad message must not make a whole batch be done again. */
export type ParsedBody = { ok: true; body: unknown } | { ok: false; reasonCode: string; reason: string };

export function parseBody(message: Pick<InboundMessage, 'json'>): ParsedBody {
  try {
    return { ok: true, body: message.json() };
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) throw error;
    return { ok: false, reasonCode: error.reasonCode, reason: error.message };
  }
}
