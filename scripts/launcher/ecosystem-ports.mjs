import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { SERVICES, USERS } from './example-services.mjs';

/** Listens on the port, or on any when it is taken. */
const hold = (port) =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => (port === 0 ? reject(error) : resolve(hold(0))));
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });

const names = () => [...SERVICES.flatMap(({ role }) => [role, `${role}-agent`]), USERS];

/**
 * The ports of the last time when they are free, so that the catalogue, which the log keeps, doesn't change at each start. All are
 * held until the last one is chosen, so that none is given out twice.
 */
export async function chooseEcosystemPorts(file) {
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const held = await Promise.all(names().map(async (name) => [name, await hold(Number.isInteger(last[name]) ? last[name] : 0)]));
  const ports = Object.fromEntries(held.map(([name, server]) => [name, server.address().port]));
  await Promise.all(held.map(([, server]) => new Promise((closed) => server.close(closed))));
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
