import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY = /^zt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** A key as its owner holds it. */
export interface KeyText {
  keyId: string;
  text: string;
}

/** 256 bits that nobody can guess, under an id that may be told to anybody. */
export function createKeyText(): KeyText {
  const keyId = randomBytes(6).toString('hex');
  return { keyId, text: `zt_${keyId}_${randomBytes(32).toString('base64url')}` };
}

/** What may be a key, if it is one at all. */
export function parseKeyText(text: string): KeyText | undefined {
  const keyId = KEY.exec(text)?.[1];
  return keyId === undefined ? undefined : { keyId, text };
}

/** Plain SHA-256: of 256 random bits no slow hash hides more, and whoever asks is kept waiting by one. */
export const hashKey = (text: string): string => digest(text).toString('hex');

/** In a time that tells nothing of how much of it is right. */
export const isKeyOf = (text: string, sha256: string): boolean => {
  const kept = Buffer.from(sha256, 'hex');
  const given = digest(text);
  return kept.length === given.length && timingSafeEqual(kept, given);
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
