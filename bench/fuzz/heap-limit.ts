/**
 * What the orchestrator may keep, in each of its threads, in MiB. Whatever it never let go would end it here; its size alone tells
 * little, as V8 takes what the machine has before it tidies up.
 */
export const HEAP_LIMIT_MIB = 256;

/** For Node. */
export const HEAP_LIMIT_FLAG = `--max-old-space-size=${HEAP_LIMIT_MIB}`;
