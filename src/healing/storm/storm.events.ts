/** Stream `storm`: so many targets fail alike that nothing more is done to any of them. A person is told once. */
export interface StormDetected {
  type: 'StormDetected';
  data: { symptom: string; failing_targets: number; all_targets: number; window_ms: number };
}

/** No longer: what is still broken is decided about again. */
export interface StormEnded {
  type: 'StormEnded';
  data: { symptom: string };
}

export type StormEvent = StormDetected | StormEnded;
