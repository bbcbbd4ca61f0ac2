/** Most bytes of one message on NATS, body and headers together: `max_payload` of the server, and what every stream takes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Kept free in every message for its headers and the envelope around the items. */
const ENVELOPE_BYTES = 4_096;

/** Most bytes of one report or one result, as JSON in UTF-8: each must fit into a message of its own. */
export const MAX_ITEM_BYTES = MAX_MESSAGE_BYTES - ENVELOPE_BYTES;

/** How many bytes a text has in UTF-8. A lone surrogate counts as the U+FFFD that encoders make of it. */
export function countUtf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is four bytes: two more than its two units, and the second one adds nothing.
    if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) i += 1;
  }
  return bytes;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
