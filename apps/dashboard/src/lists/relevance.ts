import type { LogEvent } from '#libs/contracts';
import { incidentOf } from '../live/log-window.ts';

/** What the read models of services and incidents are made of. */
const changesIncidents = ({ type }: LogEvent): boolean => type.startsWith('Incident');
const changesServices = ({ type }: LogEvent): boolean => type.startsWith('Service');

export const concernsOverview = (event: LogEvent): boolean => changesIncidents(event) || changesServices(event);

export const concernsIncidents = changesIncidents;

export const concernsIncident =
  (incidentId: string) =>
  (event: LogEvent): boolean =>
    incidentOf(event) === incidentId;
