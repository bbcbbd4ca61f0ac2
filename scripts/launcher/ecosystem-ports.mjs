import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { freePorts } from '../infra/ports.mjs';
import { SERVICES, USERS } from './example-services.mjs';

const NAMES = [...SERVICES.flatMap(({ role }) => [role, `${role}-agent`]), USERS];

/** The ports of the last time when they are free, so that the catalogue, which the log keeps, doesn't change at each start. */
export async function chooseEcosystemPorts(file) {
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const chosen = await freePorts(NAMES.map((name) => (Number.isInteger(last[name]) ? last[name] : 0)));
  const ports = Object.fromEntries(NAMES.map((name, index) => [name, chosen[index]]));
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
