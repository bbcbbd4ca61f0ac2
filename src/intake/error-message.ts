import type { WireError } from '#libs/contracts';

const MAX_CHARACTERS = 2_000;

/** What an error says of itself; nothing where it says nothing in words. */
export function readMessage({ data }: Pick<WireError, 'data'>): string | null {
  const { message } = data;
  return typeof message === 'string' ? message.slice(0, MAX_CHARACTERS) : null;
}
