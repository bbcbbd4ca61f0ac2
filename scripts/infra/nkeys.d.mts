export interface Nkey {
  name: string;
  seedFile: string;
  publicKey: string;
}

export function ensureNkey(dir: string, name: string): Nkey;
