/** How a log tool ends. The command line hands it on, so the codes are those that it has itself. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 5,
  /** A check found something. */
  critical: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
