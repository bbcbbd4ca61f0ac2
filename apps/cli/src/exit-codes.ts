/** What the exit status tells a script. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  unreachable: 5,
  conflict: 6,
  /** Of checks, which end so when something is critical. */
  critical: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
