import { MAX_ITEM_BYTES } from '#libs/contracts';

/** Most bytes of one report or result of this agent: a message must carry it, and it must not push all others out of the outbox. */
export const computeMaxItemBytes = (outboxBytes: number): number => Math.min(MAX_ITEM_BYTES, Math.floor(outboxBytes / 4));
