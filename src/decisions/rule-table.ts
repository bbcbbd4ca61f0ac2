import type { Symptom } from '../incidents/symptom.ts';

export interface Rule {
  id: string;
  symptom: Symptom;
  /** Strategies to try, in this order. */
  strategies: readonly string[];
  escalatesWhen: string;
}

/** Grows with every change of the table: a decision names the version that it was taken by. */
export const RULES_VERSION = 'rules@1';

/**
 * The seven wounds as data. A strategy that isn't in the registry never acts, and the decision says so.
 */
export const RULE_TABLE: readonly Rule[] = [
  {
    id: 'js-import-error',
    symptom: 'module-import',
    strategies: ['patch/convert-to-module'],
    escalatesWhen: 'module conflict',
  },
  {
    id: 'syntax-error',
    symptom: 'syntax',
    strategies: ['patch/repair-syntax'],
    escalatesWhen: 'it can not be parsed, or the repair is ambiguous',
  },
  {
    id: 'file-not-found',
    symptom: 'missing-file',
    strategies: ['patch/comment-out-import'],
    escalatesWhen: 'the file is critical, or its bindings are used',
  },
  { id: 'api-error', symptom: 'server-error', strategies: ['retry/with-fallback'], escalatesWhen: 'it persists' },
  { id: 'service-down', symptom: 'service-down', strategies: ['restart/service'], escalatesWhen: 'the restart fails' },
  {
    id: 'database-connection',
    symptom: 'database-connection',
    strategies: ['restart/recycle-pool'],
    escalatesWhen: 'the pool is exhausted again',
  },
  {
    id: 'memory-leak',
    symptom: 'memory-leak',
    strategies: ['restart/after-memory-leak'],
    escalatesWhen: 'out of memory is imminent',
  },
];

/** The rule for a symptom; `undefined` where the table knows none. */
export const findRule = (symptom: Symptom): Rule | undefined => RULE_TABLE.find((rule) => rule.symptom === symptom);
