import { assertName } from './subject-names.ts';

/** The JetStream streams of one tenant. */
export const JETSTREAM_STREAMS = ['reports', 'results', 'signals', 'commands', 'control'] as const;
export type JetStreamStream = (typeof JETSTREAM_STREAMS)[number];

/** `ZT_<TENANT>_<STREAM>`; hyphens become underscores, as stream names are also file names. */
export const jetStreamName = (tenant: string, stream: JetStreamStream): string =>
  `ZT_${assertName('tenant', tenant).replaceAll('-', '_')}_${stream}`.toUpperCase();

/** The durable pull consumer through which one agent receives its commands; the orchestrator creates it. */
export const commandConsumerName = (agentId: string): string => `cmd-${assertName('agent id', agentId)}`;

/** The durable pull consumer that all orchestrators share to take in one stream. */
export const intakeConsumerName = (stream: 'reports' | 'results' | 'signals'): string => `intake-${stream}`;
