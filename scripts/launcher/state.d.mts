export function clearState(stateDir: string): void;
