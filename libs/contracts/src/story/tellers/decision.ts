import type { Fields } from '../fields.ts';
import { tellGuardVerdict } from '../guard-words.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Sentence, type Teller } from '../sentence.ts';

export const DECISION_TELLERS: Readonly<Record<string, Teller>> = {
  DecisionMade: tellDecision,
  FixGuarded: (data) => say('plain', `asked before the attempt: ${guardsOf(data)}`, wordsOf(data)),
};

function tellDecision(data: Fields): Sentence {
  const [rule, verdict, choice] = [data.text('rule'), data.text('verdict'), data.find('choice')];
  const by = rule === 'none' ? 'no rule fits' : `decided by rule ${rule}`;
  const details = [...rejectedOf(data), ...wordsOf(data), ...dependenciesOf(data)];
  if (verdict === 'act') return say('act', `${by}: ${choice ?? '?'}; ${guardsOf(data)}`, details);
  const reason = explainReason(data.text('reason_code'));
  const wanted = choice === undefined ? '' : ` (${choice} was the choice)`;
  switch (verdict) {
    case 'defer':
      return say('warn', `${by}: wait${wanted}, because ${reason}`, details);
    case 'ask':
      return say('warn', `${by}: a person is asked${wanted}, because ${reason}`, details);
    case 'confirm':
      return say('plain', `${by}: nothing is done, the orchestrator checks for itself, because ${reason}`, details);
    case 'escalate':
      return say('bad', `${by}: call a person${wanted}, because ${reason}`, details);
    default:
      return say('warn', `${by}: nothing is done${wanted}, because ${reason}`, details);
  }
}

const isObjection = (guard: Fields): boolean => guard.find('verdict') !== 'allow';

function guardsOf(data: Fields): string {
  const guards = data.list('guards');
  const objections = guards.filter(isObjection).length;
  if (guards.length === 0) return 'no guard was asked';
  if (objections === 0) return guards.length === 1 ? 'the only guard allows' : `all ${guards.length} guards allow`;
  return `${objections} of ${plural(guards.length, 'guard')} ${objections === 1 ? 'objects' : 'object'}`;
}

/** Each objection with its reason, and who else was asked. */
function wordsOf(data: Fields): string[] {
  const allowing = data.list('guards').filter((guard) => !isObjection(guard));
  const names = allowing.map((guard) => guard.text('guard')).join(', ');
  return [...objectionsOf(data), ...(names === '' ? [] : [`allowed by: ${names}`])];
}

const objectionsOf = (data: Fields): string[] =>
  data
    .list('guards')
    .filter(isObjection)
    .map(
      (guard) =>
        `guard ${guard.text('guard')} ${tellGuardVerdict(guard.text('verdict'))}: ${explainReason(guard.text('reason_code'))}`,
    );

const rejectedOf = (data: Fields): string[] =>
  data
    .list('candidates')
    .filter((candidate) => !candidate.isTrue('allowed'))
    .map((candidate) => `not ${candidate.text('strategy')}: ${explainReason(candidate.text('reason_code'))}`);

/** Which dependency the guard meant: those that aren't both called and found healthy. */
const dependenciesOf = (data: Fields): string[] =>
  data
    .within('inputs')
    .list('dependencies')
    .filter((dependency) => !dependency.within('probe').isTrue('ok'))
    .map((dependency) => {
      const [id, state, probe] = [
        dependency.text('id'),
        dependency.find('state'),
        dependency.within('probe').find('reason_code'),
      ];
      if (state === undefined) return `it needs ${id}, which is not in the catalogue`;
      return `it needs ${id}, which is ${state}${probe === undefined ? '' : `, says its agent, and does not answer: ${explainReason(probe)}`}`;
    });
