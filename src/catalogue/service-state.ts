import type { HeartbeatService } from '#libs/contracts';
import type { Recorded } from '../platform/log/domain-event.ts';
import type { KnownServiceState, ServiceStateChanged } from './service-state.events.ts';

export interface ServiceStateFold {
  state: KnownServiceState;
  /** When the log took in the first word of it, in milliseconds since 1970; never for what nobody spoke of. */
  saidAtMs?: number;
  pid?: number;
}

export const UNHEARD_OF: ServiceStateFold = { state: 'unknown' };

/** Folds one change of state. */
export const evolveServiceState = (
  _state: ServiceStateFold,
  { data, recordedAt }: Recorded<ServiceStateChanged>,
): ServiceStateFold => ({
  state: data.to,
  saidAtMs: recordedAt.getTime(),
  ...(data.pid === undefined ? {} : { pid: data.pid }),
});

/** What an agent says of one of its services, and when NATS had it, in milliseconds since 1970. */
export interface HeardOfService {
  agentId: string;
  service: HeartbeatService;
  heardAtMs: number;
}

/** What a heartbeat may have taken on its way, in milliseconds. */
const ON_ITS_WAY_MS = 1_000;

/** The change that a heartbeat tells of, if it tells of one. A new process is a change too. */
export function observeHeartbeat(
  known: ServiceStateFold,
  { agentId, service, heardAtMs }: HeardOfService,
): ServiceStateChanged[] {
  const isSame = known.state === service.state && known.pid === service.pid;
  if (isSame && !isHealthyAnew(known, service, heardAtMs)) return [];
  return [
    {
      type: 'ServiceStateChanged',
      data: {
        service_id: service.service_id,
        from: known.state,
        to: service.state,
        agent_id: agentId,
        reason_code: isSame ? 'failed-meanwhile' : 'heartbeat',
        ...(service.pid === undefined ? {} : { pid: service.pid }),
      },
    },
  ];
}

/**
 * It has been healthy for less long than it was called so: between two heartbeats it was not, and nobody else would say that it is again.
 * Who says zero each time doesn't know since when.
 */
const isHealthyAnew = (
  { saidAtMs }: ServiceStateFold,
  { state, since_ms: sinceMs }: HeartbeatService,
  heardAtMs: number,
): boolean => state === 'healthy' && sinceMs > 0 && saidAtMs !== undefined && heardAtMs - sinceMs > saidAtMs + ON_ITS_WAY_MS;

/** What three missing heartbeats mean. */
export function observeSilence(known: ServiceStateFold, agentId: string, serviceId: string): ServiceStateChanged[] {
  if (known.state === 'unknown') return [];
  return [
    {
      type: 'ServiceStateChanged',
      data: { service_id: serviceId, from: known.state, to: 'unknown', agent_id: agentId, reason_code: 'heartbeats-missing' },
    },
  ];
}
