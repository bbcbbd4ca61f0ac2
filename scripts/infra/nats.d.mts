import type { NatsPermissions } from '#libs/contracts';

export interface NatsUser {
  publicKey: string;
  permissions?: NatsPermissions;
}

export interface StartNatsOptions {
  dir: string;
  cache?: string;
  users?: readonly NatsUser[];
  port?: number;
  limits?: { maxMemory?: string; maxFile?: string };
  /** How long it may take until it lets clients in. */
  withinMs?: number;
  log?: (message: string) => void;
}

export interface RunningNats {
  url: string;
  port: number;
  pid: number;
  seedFile: string | undefined;
  reload: (users: readonly NatsUser[]) => Promise<void>;
  stop: () => Promise<void>;
}

export function startNats(options: StartNatsOptions): Promise<RunningNats>;
