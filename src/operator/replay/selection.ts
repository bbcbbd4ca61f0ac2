import type { JsonObject } from '#libs/contracts';
import type { StoredEvent, UnreadableEvent } from '#libs/event-store';

export type ReadEvent = StoredEvent | UnreadableEvent;

/** Which events of the log are replayed; everything that is named must hold. */
export interface Selection {
  readonly stream?: string | undefined;
  readonly incident?: string | undefined;
  readonly service?: string | undefined;
}

/** Judges events in the order of the log: what belongs to a service shows in part only in what came before. */
export function createSelector({ stream, incident, service }: Selection): (event: ReadEvent) => boolean {
  const isOfService = service === undefined ? (): boolean => true : createServiceSelector(service);
  return (event) => {
    const ofService = isOfService(event);
    const ofStream = stream === undefined || event.stream === stream;
    return ofService && ofStream && (incident === undefined || isOfIncident(event, incident));
  };
}

function isOfIncident(event: ReadEvent, incident: string): boolean {
  if ('unreadable' in event) return false;
  return event.metadata.correlation_id === incident || event.data['incident_id'] === incident;
}

/** Events name their service, or an incident of it, which an earlier one said where it is. */
function createServiceSelector(service: string): (event: ReadEvent) => boolean {
  const incidents = new Set<string>();
  return (event) => {
    if ('unreadable' in event) return event.stream === `service-${service}`;
    const { data, metadata, stream } = event;
    const incident = metadata.correlation_id ?? textOf(data, 'incident_id');
    const isNamed = namesService(data, stream, service);
    if (isNamed && incident !== undefined) incidents.add(incident);
    return isNamed || (incident !== undefined && incidents.has(incident));
  };
}

const namesService = (data: JsonObject, stream: string, service: string): boolean =>
  data['target'] === service ||
  data['service_id'] === service ||
  (stream === 'catalogue' && data['id'] === service && 'probe_url' in data);

function textOf(data: JsonObject, name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
}
