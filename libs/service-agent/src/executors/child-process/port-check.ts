import { connect } from 'node:net';

const TIMEOUT_MS = 500;

/** Whether anyone accepts connections on this port of the own machine. */
export function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: TIMEOUT_MS });
    const decide = (isTaken: boolean): void => {
      socket.destroy();
      resolve(isTaken);
    };
    socket.once('connect', () => decide(true));
    socket.once('timeout', () => decide(false));
    socket.once('error', () => decide(false));
  });
}
