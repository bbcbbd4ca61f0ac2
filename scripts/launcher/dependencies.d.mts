export function areDependenciesInstalled(root: string): boolean;
