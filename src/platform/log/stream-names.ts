/** Names of the log's streams. One place, so that no module guesses another one's. */
export const logStreams = {
  reports: (agentId: string): string => `report-${agentId}`,
  deadLetters: 'dead-letters',
  catalogue: 'catalogue',
  access: 'access',
  service: (serviceId: string): string => `service-${serviceId}`,
  incident: (incidentKey: string): string => `incident-${incidentKey}`,
  decision: (incidentId: string): string => `decision-${incidentId}`,
  fix: (fixId: string): string => `fix-${fixId}`,
  escalation: (rootKey: string): string => `escalation-${rootKey}`,
  slot: (target: string): string => `slot-${target}`,
  /** Before the names of services, as none has a point in it. */
  fleetSlot: (limit: string, place: number): string => `slot-fleet.${limit}.${place}`,
  control: 'control',
  policy: 'policy',
  storm: 'storm',
} as const;
