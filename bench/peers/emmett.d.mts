import type { Peer } from '../event-store/peer.ts';

export function openEmmett(connectionString: string, connections: number): Promise<Peer>;
