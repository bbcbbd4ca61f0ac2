import { fileURLToPath } from 'node:url';
import { areDependenciesInstalled, installDependencies } from '../../scripts/launcher/dependencies.mjs';
import type { Peer } from './peer.ts';
import type { MeasurementContext } from '../report/measurement.ts';
import { createEventId } from '../../src/platform/log/create-event-id.ts';
import type { Load, Work } from './pace.ts';
import { EVENT, takePayload } from './payload.ts';

const FOLDER = fileURLToPath(new URL('../peers', import.meta.url));

/** Installs them when they aren't. Without them their figures are not measured, which is a failure, and said. */
export function ensurePeers(say: MeasurementContext['say']): boolean {
  if (areDependenciesInstalled(FOLDER)) return true;
  say('installing the peers (bench/peers)');
  const problem = installDependencies(FOLDER);
  if (problem !== undefined)
    say(`the peers can't be installed: ${problem}; nothing is compared with them, and so those figures do not hold`);
  return problem === undefined;
}

export const appendToPeer = (peer: Peer, { clients, eventsPerAppend }: Load): Work => ({
  clients,
  eventsPerAppend,
  append: peer.appender({ ...EVENT, eventsPerAppend, takePayload, createId: createEventId }),
});
