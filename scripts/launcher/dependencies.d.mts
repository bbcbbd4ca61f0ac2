export function areDependenciesInstalled(root: string): boolean;

/** Installs exactly what the lock file of a folder says; answers what went wrong. */
export function installDependencies(root: string): string | undefined;
