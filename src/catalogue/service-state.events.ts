import type { ServiceState } from '#libs/contracts';

/** `unknown`: the agent isn't heard of. It is never taken for healthy. */
export type KnownServiceState = ServiceState | 'unknown';

/** Stream `service-<id>`: what the service's own agent says of it has changed. A claim, for the map; healing probes by itself. */
export interface ServiceStateChanged {
  type: 'ServiceStateChanged';
  data: {
    service_id: string;
    from: KnownServiceState;
    to: KnownServiceState;
    agent_id: string;
    reason_code: string;
    pid?: number;
  };
}
