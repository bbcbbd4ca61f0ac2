export const WOUNDS: Readonly<Record<string, string>>;

export type BreakOptions = { wantsHelp: true } | { wantsHelp: false; wound: string; service: string | undefined };

/** @throws LauncherError */
export function parseBreak(args: readonly string[]): BreakOptions;
