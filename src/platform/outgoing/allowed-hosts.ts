const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `host` or `host:port`; IPv6 addresses in brackets. */
const ENTRY = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?$/;

/** Whether an entry of a list of hosts can be read. */
export const isHostEntry = (entry: string): boolean => ENTRY.test(entry);

/**
 * Whether an address may be asked: http or https, no name and password in it, and its host is listed. An entry without a port
 * means the scheme's own port and no other.
 */
export function isAllowedUrl(url: URL, entries: readonly string[]): boolean {
  const ownPort = DEFAULT_PORTS[url.protocol];
  if (ownPort === undefined || url.username !== '' || url.password !== '') return false;
  const port = url.port === '' ? ownPort : url.port;
  return entries.some((entry) => {
    const [, host, listedPort = ownPort] = ENTRY.exec(entry) ?? [];
    return host === url.hostname && listedPort === port;
  });
}
