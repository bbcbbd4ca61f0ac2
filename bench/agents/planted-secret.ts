import { createHash } from 'node:crypto';

/** Must not be found anywhere afterwards: each agent's own, and always the same one. */
export const secretOf = (agentId: string): string => createHash('sha256').update(`secret of ${agentId}`).digest('hex');

/** A text as programs write it that know no better. */
export const blurt = (secret: string): string => `connects with password=${secret}`;

/** As secrets get into what is told of an error: by the name of a member, and within texts. */
export const leak = (secret: string): { password: string; last_log_lines: string[] } => ({
  password: secret,
  last_log_lines: [blurt(secret), `GET http://admin:${secret}@127.0.0.1/`, `Authorization: Bearer ${secret}`],
});
