import type { Scope } from '#libs/contracts';

/** Stream `control`: from here on nothing is begun in this scope. Every command is stored under the condition that none came since. */
export interface HealingStopped {
  type: 'HealingStopped';
  data: { scope: Scope; reason: string };
}

/** A person lets it go on. Nothing resumes by itself. */
export interface HealingResumed {
  type: 'HealingResumed';
  data: { scope: Scope; reason: string };
}

export type ControlEvent = HealingStopped | HealingResumed;
