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

/** The change that a heartbeat tells of, if it tells of one. A new process is a change too. */
export function observeHeartbeat(known: ServiceStateFold, agentId: string, service: HeartbeatService): ServiceStateChanged[] {
  const isSame = known.state === service.state && known.pid === service.pid;
  if (isSame) return [];
  return [
    {
      type: 'ServiceStateChanged',
      data: {
        service_id: service.service_id,
        from: known.state,
        to: service.state,
        agent_id: agentId,
        reason_code: 'heartbeat',
        ...(service.pid === undefined ? {} : { pid: service.pid }),
      },
    },
  ];
}

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
