import type { Validator } from '#libs/contracts/schemas';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A message's body, when it is JSON in UTF-8 and fits; `undefined` when not. */
export function parseWith<T>(validate: Validator<T>, body: Uint8Array): T | undefined {
  try {
    const validation = validate(JSON.parse(utf8.decode(body)));
    return validation.valid ? validation.value : undefined;
  } catch {
    return undefined;
  }
}
