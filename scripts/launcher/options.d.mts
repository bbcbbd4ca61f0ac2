/** What went wrong is clear from the message: shown without a stack. */
export class LauncherError extends Error {}
