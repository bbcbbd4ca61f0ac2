import type { Server } from 'node:http';

/** Whether new work is still taken. */
export interface Traffic {
  isDraining: boolean;
}

export interface Service {
  readonly name: string;
  readonly port: number;
  readonly traffic: Traffic;
  /** Lets go of what it holds, when the last answer is out. */
  readonly close?: () => Promise<void>;
}

/** Listens on this machine until SIGTERM or SIGINT: then takes nothing new, finishes what is under way, ends. */
export function serve(server: Server, { name, port, traffic, close }: Service): void {
  let isEnding = false;
  const drainAndEnd = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    traffic.isDraining = true;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await close?.();
    console.log('drained');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drainAndEnd());
  server.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => console.log(`${name} listens on port ${port}`));
}
