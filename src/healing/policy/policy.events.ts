import type { JsonObject, Scope } from '#libs/contracts';

/** Stream `policy`: what persons have set for the guards. `settings` replaces the named ones; null gives one back to the wider scope. */
export interface PolicyChanged {
  type: 'PolicyChanged';
  data: {
    scope: Scope;
    settings: JsonObject;
    /** `catalogue`: taken over from the catalogue's file at a start, and only where the file says something else than before. */
    source: 'person' | 'catalogue';
    reason: string;
  };
}

/** Nothing is done in its scope from then until then; without an end, until a person ends it. A maintenance window begins later. */
export interface FreezeBegun {
  type: 'FreezeBegun';
  data: { freeze_id: string; scope: Scope; from: string; until: string | null; reason: string };
}

export interface FreezeEnded {
  type: 'FreezeEnded';
  data: { freeze_id: string; reason: string };
}

export type PolicyEvent = PolicyChanged | FreezeBegun | FreezeEnded;
