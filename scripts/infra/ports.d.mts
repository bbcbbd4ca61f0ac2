/** Ports of 127.0.0.1 where programs can listen and that no outgoing connection takes; those preferred (0: any) where they can be had. */
export function freePorts(preferred: readonly number[]): Promise<number[]>;
export function freePort(preferred?: number): Promise<number>;
