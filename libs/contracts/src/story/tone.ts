/** What a line means to whoever is on call. */
export type Tone = 'bad' | 'good' | 'warn' | 'act' | 'quiet' | 'plain';

const TONES: ReadonlyMap<string, Tone> = new Map([
  ['open', 'bad'],
  ['healing', 'act'],
  ['mitigated', 'warn'],
  ['resolved', 'good'],
  ['escalated', 'bad'],
  ['healthy', 'good'],
  ['unhealthy', 'bad'],
  ['stopped', 'bad'],
  ['starting', 'warn'],
  ['stale', 'warn'],
  ['unknown', 'warn'],
  ['active', 'good'],
]);

/** Of the state of an incident, a service or a key. */
export const toneOfState = (state: string): Tone => TONES.get(state) ?? 'plain';
