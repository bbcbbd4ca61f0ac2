import { redactJsonObject } from '#libs/agent-core';
import type { AgentConfig } from './config.schema.ts';

/** The credentials, to the last @ before the path, and the query. The host stays, as people look for it here. */
const maskUrl = (url: string): string =>
  url.replaceAll(/([a-z]+:\/\/)[^\s/?#]*@/gi, '$1[redacted]@').replace(/[?#].*$/, '?[redacted]');

/** The configuration for people to read: no secret of a child's environment or arguments, no credentials in addresses. */
export function maskConfig(config: AgentConfig): AgentConfig {
  const services = config.services.map(({ process: child, health, restart, ...service }) => ({
    ...service,
    process: {
      ...child,
      args: child.args.map((value, index, args) => maskNamed(bareFlag(args[index - 1]), value)),
      env: Object.fromEntries(Object.entries(child.env).map(([name, value]) => [name, maskNamed(name, value)])),
    },
    health: { ...health, url: maskUrl(health.url) },
    restart: restart.drain_url === undefined ? restart : { ...restart, drain_url: maskUrl(restart.drain_url) },
  }));
  return { ...config, nats_url: maskUrl(config.nats_url), services };
}

/** What an argument means is often said by the one before it: `--password`. */
const bareFlag = (argument = ''): string => (/^--?[\w-]+$/.test(argument) ? argument : '');

function maskNamed(name: string, value: string): string {
  const masked = redactJsonObject({ [name]: value }).value;
  return Object.values(masked).map(String)[0] ?? '';
}
