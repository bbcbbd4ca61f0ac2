/** Who may do what: each may what the ones before it may. */
export const ROLES = ['viewer', 'analyst', 'sre', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What an endpoint asks for: a role, or nothing. */
export type NeededRole = Role | 'anyone';

/**
 * Whether a role is enough.
 *
 * @param has what somebody is; `undefined` for somebody without a key
 * @param needs what is asked for
 */
export const includesRole = (has: Role | undefined, needs: NeededRole): boolean =>
  needs === 'anyone' || (has !== undefined && ROLES.indexOf(has) >= ROLES.indexOf(needs));
