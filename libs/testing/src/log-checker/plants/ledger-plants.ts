import type { AgentLedger, Effect, LogEvidence, ReadModels, TableRow } from '../evidence.ts';
import type { Plant, Planted } from './plant.ts';

/** Among what an agent began, or among what it was told again. */
function addEffect(
  evidence: LogEvidence,
  toAdded: (effect: Effect) => Effect,
  among: 'effects' | 'repeated' = 'effects',
): Planted {
  const ledger = evidence.ledgers.find(({ effects }) => effects.length > 0);
  const [effect] = ledger?.effects ?? [];
  if (ledger === undefined || effect === undefined) throw new Error('no agent has done anything yet');
  const added = toAdded(effect);
  const changed: AgentLedger = { ...ledger, [among]: [...(ledger[among] ?? []), added] };
  const ledgers = evidence.ledgers.map((other) => (other === ledger ? changed : other));
  return { evidence: { ...evidence, ledgers }, id: added.commandId };
}

/** Another value in the first row of a read model, which is found by what its rows are told apart by. */
const changeRow = (model: keyof ReadModels, name: string, values: TableRow): Plant => ({
  name,
  code: 'read-model-differs',
  plant(evidence) {
    const [first, ...rest] = evidence.readModels[model] ?? [];
    if (first === undefined) throw new Error(`the evidence has no row in ${model}`);
    const readModels = { ...evidence.readModels, [model]: [{ ...first, ...values }, ...rest] };
    return { evidence: { ...evidence, readModels }, id: model };
  },
});

/** Violations that show only in what agents and readers say beside the log. */
export const LEDGER_PLANTS: readonly Plant[] = [
  {
    name: 'a command is carried out twice',
    code: 'second-effect',
    plant: (evidence) => addEffect(evidence, (effect) => effect),
  },
  {
    name: 'something is done that nobody commanded',
    code: 'effect-without-command',
    plant: (evidence) => addEffect(evidence, (effect) => ({ ...effect, commandId: 'never-commanded.1' })),
  },
  {
    name: 'a command that was begun comes again with another fence',
    code: 'effect-without-command',
    plant: (evidence) => addEffect(evidence, (effect) => ({ ...effect, fencePosition: effect.fencePosition + 1 }), 'repeated'),
  },
  {
    name: 'a reader stands behind the head',
    code: 'reader-behind',
    plant(evidence) {
      const checkpoints = new Map(evidence.checkpoints).set('healing', evidence.head.position - 1);
      const options = { ...evidence.options, readThrough: evidence.head.position };
      return { evidence: { ...evidence, checkpoints, options }, id: 'healing' };
    },
  },
  {
    name: 'a reader stands beyond the head',
    code: 'reader-ahead',
    plant(evidence) {
      const checkpoints = new Map(evidence.checkpoints).set('read-model:incidents', evidence.head.position + 1);
      return { evidence: { ...evidence, checkpoints }, id: 'read-model:incidents' };
    },
  },
  {
    name: 'the list of incidents counts one report too many',
    code: 'read-model-differs',
    plant(evidence) {
      const [first, ...rest] = evidence.readModels.incidents;
      if (first === undefined) throw new Error('the evidence has no incident');
      const wrong = { ...first, count: Number(first['count']) + 1 };
      const readModels = { ...evidence.readModels, incidents: [wrong, ...rest] };
      return { evidence: { ...evidence, readModels }, id: String(first['incident_id']) };
    },
  },
  changeRow('incidents', 'the list of incidents names another symptom', { symptom: 'memory-leak' }),
  changeRow('fixes', 'the list of fixes tells another verdict', { verdict: 'superseded' }),
  changeRow('decisions', 'the list of decisions names another reason', { reason_code: 'planted' }),
  changeRow('fix_success', 'the rate of success counts one that was not verified', { verified: 2 }),
  {
    name: 'the list of services has lost one',
    code: 'read-model-differs',
    plant(evidence) {
      const [lost, ...rest] = evidence.readModels.services;
      if (lost === undefined) throw new Error('the evidence has no service');
      const readModels = { ...evidence.readModels, services: rest };
      return { evidence: { ...evidence, readModels }, id: String(lost['service_id']) };
    },
  },
];
