import { type ControlState, idsOf, type Scope } from '#libs/contracts';
import { MAX_STOPPED_NAMES, validateControlState } from '#libs/contracts/schemas';
import type { Stops } from './control.ts';

export interface ControlWord {
  stops: Stops;
  version: number;
  sequence: number;
  nowMs: number;
  keyId: string;
  logId: string;
}

/** What agents are told of what is stopped. */
export function toControlState({ stops, version, sequence, nowMs, keyId, logId }: ControlWord): ControlState {
  const scopes = [...stops];
  const lists = { stopped_services: idsOf('service', scopes), stopped_strategies: idsOf('strategy', scopes) };
  // More names than a message holds are as good as everything.
  const isTooMuch = Object.values(lists).some((names) => names.length > MAX_STOPPED_NAMES);
  return {
    v: 1,
    key_id: keyId,
    state: stops.has('global') || isTooMuch ? 'stopped' : 'running',
    stopped_services: lists.stopped_services.slice(0, MAX_STOPPED_NAMES),
    stopped_strategies: lists.stopped_strategies.slice(0, MAX_STOPPED_NAMES),
    log_id: logId,
    version,
    sequence,
    issued_at: new Date(nowMs).toISOString(),
  };
}

/** What was told before. What can't be read is no state at all, and the next one replaces it. */
export function readControlMessage(body: Uint8Array): ControlState | undefined {
  try {
    const state = validateControlState(JSON.parse(new TextDecoder().decode(body)));
    return state.valid ? state.value : undefined;
  } catch {
    return undefined;
  }
}

export const stopsOf = ({ state, stopped_services: services, stopped_strategies: strategies }: ControlState): Stops =>
  new Set<Scope>([
    ...(state === 'stopped' ? (['global'] as const) : []),
    ...services.map((id): Scope => `service:${id}`),
    ...strategies.map((id): Scope => `strategy:${id}`),
  ]);
