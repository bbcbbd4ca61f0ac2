/** What a stop, a freeze or a setting is about: everything, one service, or one strategy wherever it runs. */
export type Scope = 'global' | `service:${string}` | `strategy:${string}`;

const SCOPE = /^(global|service:[a-z0-9][a-z0-9-]{0,62}|strategy:(retry|reload|restart|patch)\/[a-z0-9-]{1,60})$/;

export const isScope = (text: string): text is Scope => SCOPE.test(text);

/** Whether what is done to a service by a strategy falls under it. */
export const isInScope = (scope: Scope, { service, strategy }: { service: string; strategy: string }): boolean =>
  scope === 'global' || scope === `service:${service}` || scope === `strategy:${strategy}`;

/** The ids of one kind among scopes, sorted: `service:rag` is `rag`. */
export const idsOf = (kind: 'service' | 'strategy', scopes: readonly Scope[]): string[] =>
  scopes
    .filter((scope) => scope.startsWith(`${kind}:`))
    .map((scope) => scope.slice(kind.length + 1))
    .toSorted();
