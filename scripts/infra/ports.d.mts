/** Ports of 127.0.0.1 where programs can listen and that no outgoing connection takes; the preferred ones where they can be had, 0 has no preference. */
export function freePorts(preferred: readonly number[]): Promise<number[]>;
export function freePort(preferred?: number): Promise<number>;
