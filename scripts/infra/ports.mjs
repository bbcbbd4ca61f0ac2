import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Below those that systems give to outgoing connections: one of these could take a port away before its program listens. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const MOST_TRIED = 100;

/** The last ones that this process chose. None is chosen again: who got it may listen late, or be stopped and come back. */
const chosen = new Set();
const MOST_CHOSEN = 2_000;

const chooseAtRandom = () => {
  const port = randomInt(LOWEST, HIGHEST + 1);
  if (chosen.has(port)) return chooseAtRandom();
  if (chosen.size === MOST_CHOSEN) chosen.delete(chosen.values().next().value);
  chosen.add(port);
  return port;
};

const listen = (port) =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });

const release = (server) => new Promise((closed) => server.close(closed));

/** Whether this port of 127.0.0.1 can be had. */
export const isPortFree = (port) =>
  listen(port)
    .then(release)
    .then(
      () => true,
      () => false,
    );

/** Whether something listens on this port of 127.0.0.1. */
export const connects = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Listens on the port, or on another one when it can't be had; 0 has no preference. */
const hold = (port, tried = 1) =>
  listen(port === 0 ? chooseAtRandom() : port).catch((/** @type {unknown} */ error) => {
    if (tried === MOST_TRIED) throw error;
    return hold(0, tried + 1);
  });

export const freePorts = async (preferred) => {
  // Held until the last one is chosen, so that none is given out twice.
  const held = await Promise.all(preferred.map((port) => hold(port)));
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map(release));
  return ports;
};

export const freePort = async (preferred = 0) => (await freePorts([preferred]))[0];
