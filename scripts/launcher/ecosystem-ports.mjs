import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { SERVICES, USERS } from './example-services.mjs';

/** Below those that systems give to outgoing connections: one of these could take a port away before its program listens. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const MOST_TRIED = 100;

const isFit = (port) => Number.isInteger(port) && port >= LOWEST && port <= HIGHEST;

/** Listens on the port, or on another one when it is taken. */
const hold = (port, tried = 1) =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) =>
      error.code === 'EADDRINUSE' && tried < MOST_TRIED ? resolve(hold(choosePort(), tried + 1)) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });

const choosePort = () => randomInt(LOWEST, HIGHEST + 1);

const names = () => [...SERVICES.flatMap(({ role }) => [role, `${role}-agent`]), USERS];

/**
 * The ports of the last time when they are free, so that the catalogue, which the log keeps, doesn't change at each start. All are
 * held until the last one is chosen, so that none is given out twice.
 */
export async function chooseEcosystemPorts(file) {
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const held = await Promise.all(names().map(async (name) => [name, await hold(isFit(last[name]) ? last[name] : choosePort())]));
  const ports = Object.fromEntries(held.map(([name, server]) => [name, server.address().port]));
  await Promise.all(held.map(([, server]) => new Promise((closed) => server.close(closed))));
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
