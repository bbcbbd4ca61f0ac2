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
  slot: (target: string): string => `slot-${target}`,
} as const;
