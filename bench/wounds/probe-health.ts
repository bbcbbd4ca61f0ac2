import { get } from 'node:http';

const PATIENCE_MS = 500;

/** Whether a service answers its health check in time. On a connection of its own, as a pooled one hides a dead server. */
export function probeHealth(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/health`, { agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
