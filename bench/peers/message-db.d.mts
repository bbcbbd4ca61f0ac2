import type { Peer } from '../event-store/peer.ts';

export function openMessageDb(connectionString: string, clients: number): Promise<Peer>;
