import { sha256Hex } from '../platform/log/log.ts';

/** Stands for one fingerprint on one target: names its stream and begins its incidents' ids. */
export const computeIncidentKey = (fingerprint: string, target: string): string =>
  sha256Hex(`${fingerprint}\n${target}`).slice(0, 12);

/** Which outage of its fault an incident is, from its id. */
export const episodeOfIncident = (incidentId: string): number => Number(incidentId.slice(incidentId.lastIndexOf('-') + 1));

/** The key in an incident id, which is `<key>-<episode>`. */
export const keyOfIncident = (incidentId: string): string => incidentId.slice(0, Math.max(0, incidentId.lastIndexOf('-')));
