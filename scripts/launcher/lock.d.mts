/** Either it is ours to release, or somebody else's. */
export function tryLock(lock: string): { release: () => void; holder?: undefined } | { holder: number; release?: undefined };
export function removeLock(lock: string, holder: number): void;
