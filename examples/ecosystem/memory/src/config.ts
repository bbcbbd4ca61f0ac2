export interface MemoryConfig {
  readonly port: number;
  readonly databaseUrl: string;
}

/** Reads PORT and DATABASE_URL; ends the program with what is wrong. */
export function readConfig(): MemoryConfig {
  const port = Number(process.env['PORT']);
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const problems = [
    ...(Number.isInteger(port) && port > 0 && port < 65_536 ? [] : ['PORT must be a port number']),
    ...(databaseUrl.startsWith('postgres') ? [] : ['DATABASE_URL must be a postgres:// URL']),
  ];
  if (problems.length > 0) {
    console.error(`invalid configuration: ${problems.join('; ')}`);
    process.exit(2);
  }
  return { port, databaseUrl };
}
