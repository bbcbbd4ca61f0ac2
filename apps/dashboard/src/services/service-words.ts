import type { ServiceSummary } from '#libs/contracts';

/** The process of a service. Only of one that is stopped is it known that there is none. */
export function tellProcess({ pid, state }: Pick<ServiceSummary, 'pid' | 'state'>): string {
  if (pid !== null) return String(pid);
  return state === 'stopped' ? 'none' : 'unknown';
}
