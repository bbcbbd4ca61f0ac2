import { hasShape, isListOf } from './shape.ts';

/** Something that contradicts what the log promises. Positions are opaque texts, as everywhere. */
export interface VerifyFinding {
  code: string;
  sentence: string;
  from?: string;
  through?: string;
  stream?: string;
}

/** What could not be vouched for; no reason for alarm by itself. */
export interface VerifyNote {
  code: string;
  sentence: string;
  from?: string;
  through?: string;
}

/** What the log tool `verify` answers. */
export interface VerifyAnswer {
  is_sound: boolean;
  log_id: string;
  head: string;
  chain_hash: string;
  /** The last anchor through which the log passes. */
  anchored: { position: string; recorded_at: string } | null;
  events: number;
  batches: number;
  streams: number;
  keys: number;
  anchors: number;
  seconds: number;
  events_per_second: number;
  findings: VerifyFinding[];
  /** How many findings there are besides. */
  more: number;
  notes: VerifyNote[];
}

const isRemark = (value: unknown): value is VerifyFinding & VerifyNote => hasShape(value, { code: 'string', sentence: 'string' });

export const isVerifyAnswer = (value: unknown): value is VerifyAnswer =>
  hasShape(value, {
    is_sound: 'boolean',
    log_id: 'string',
    head: 'string',
    events: 'number',
    batches: 'number',
    streams: 'number',
    keys: 'number',
    anchors: 'number',
    seconds: 'number',
    events_per_second: 'number',
    more: 'number',
    findings: 'array',
    notes: 'array',
  }) &&
  isListOf(value['findings'], isRemark) &&
  isListOf(value['notes'], isRemark);
