import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { parseObject } from '../fields.ts';
import { copyOf, findRecord, forge, read, renumber, reportOfStranger } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

type Told = readonly [stream: string, type: string, data: JsonObject, laterMs?: number];

const RAISED = { escalation_id: 'service-planted-1', root: 'service:planted' };

const raise = (data: JsonObject): Told => ['escalation-service-planted', 'EscalationRaised', { ...RAISED, ...data }];

/** The log with further events at its end; what is planted shows at the last of them unless told. */
function tellOn(evidence: LogEvidence, told: readonly Told[]): Planted {
  const pattern = findRecord(evidence, 'AgentRegistered');
  const endMs = evidence.records.at(-1)?.recordedAtMs ?? 0;
  const added = told.map(([stream, type, data, laterMs = 0]): LogRecord => {
    return { ...copyOf(pattern, () => data), stream, type, recordedAtMs: endMs + laterMs };
  });
  const records = renumber([...evidence.records, ...added]);
  return { evidence: forge(evidence, records), position: records.length };
}

/** Violations of who is told of what. */
export const ESCALATION_PLANTS: readonly Plant[] = [
  {
    name: 'two escalations of one root cause are open',
    code: 'two-escalations',
    plant: (evidence) => tellOn(evidence, [raise({ incident_id: 'planted-1' }), raise({ escalation_id: 'service-planted-2' })]),
  },
  {
    name: 'an incident is in two escalations',
    code: 'two-escalations',
    plant: (evidence) =>
      tellOn(evidence, [
        raise({ incident_id: 'planted-1' }),
        [
          'escalation-agent-planted',
          'EscalationRaised',
          { escalation_id: 'agent-planted-1', root: 'agent:planted', incident_id: 'planted-1' },
        ],
      ]),
  },
  {
    name: 'an incident joins an escalation that was closed long ago',
    code: 'two-escalations',
    plant: (evidence) =>
      tellOn(evidence, [
        raise({ incident_id: 'planted-1' }),
        ['escalation-service-planted', 'EscalationClosed', RAISED],
        ['escalation-service-planted', 'EscalationJoined', { ...RAISED, incident_id: 'planted-2' }, 700_000],
      ]),
  },
  {
    name: 'an incident is given up, and nobody is told',
    code: 'escalation-missing',
    plant: (evidence) => tellOn(evidence, givenUp(evidence)),
  },
];

/** Of an outage of its own, so that it breaks no law of incidents. */
function givenUp(evidence: LogEvidence): Told[] {
  const opened = copyOf(findRecord(evidence, 'IncidentOpened'), (data) => ({
    ...data,
    fingerprint: 'planted',
    incident_id: 'planted-3',
  }));
  const reported = reportOfStranger(evidence);
  const seen = { target: read(reported, 'target') };
  return [
    [reported.stream, 'ErrorReported', parseObject(reported.payload) ?? {}],
    ['incident-planted', 'IncidentOpened', { ...parseObject(opened.payload), ...seen }],
    ['incident-planted', 'IncidentEscalated', { incident_id: 'planted-3', reason_code: 'no-rule' }],
  ];
}
