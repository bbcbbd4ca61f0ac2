/** What stands in the place of something redacted. Kept short, and never itself matched by a pattern. */
export type RedactionKind = 'secret' | 'credentials' | 'header' | 'token' | 'key' | 'query' | 'email' | 'card' | 'ip' | 'phone';

export const redactionMarker = (kind: RedactionKind): string => `[redacted:${kind}]`;

export const isRedacted = (text: string): boolean => /^["'\\]{0,4}\[redacted:[a-z]{2,12}\]/.test(text);
