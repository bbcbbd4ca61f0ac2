import type { InboundMessage } from '#libs/messaging';

/** What a message holds, or why it is no JSON. Told, not thrown: one bad message must not make a whole batch be done again. */
export type ParsedBody = { ok: true; body: unknown } | { ok: false; reason: string };

export function parseBody(message: Pick<InboundMessage, 'json'>): ParsedBody {
  try {
    return { ok: true, body: message.json() };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
