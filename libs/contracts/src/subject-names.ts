import { InvalidNameError } from './contracts.errors.ts';

/** Who speaks. The class decides how much the evidence weighs; the credential fixes it, never the payload. */
export const AGENT_CLASSES = ['browser', 'service', 'workspace'] as const;
export type AgentClass = (typeof AGENT_CLASSES)[number];

/** What an agent publishes. */
export const MESSAGE_KINDS = ['report', 'result', 'heartbeat', 'metric'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface AgentAddress {
  tenant: string;
  agentClass: AgentClass;
  agentId: string;
}

export type PublisherAddress = AgentAddress & { kind: MessageKind };

/** Tenants, agents and services are named like this: one subject token, safe in stream names, URLs and file names. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** @throws InvalidNameError */
export function assertName(what: string, name: string): string {
  if (!NAME_PATTERN.test(name)) throw new InvalidNameError(what, name);
  return name;
}

const tenantToken = (tenant: string): string => assertName('tenant', tenant);
const agentToken = (agentId: string): string => assertName('agent id', agentId);

/** `zt.<tenant>.<class>.<agentId>.<kind>`: the subjects an agent publishes on. */
export const agentSubject = (agent: AgentAddress, kind: MessageKind): string =>
  `zt.${tenantToken(agent.tenant)}.${agent.agentClass}.${agentToken(agent.agentId)}.${kind}`;

/** `zt.<tenant>.cmd.<agentId>`: signed commands to one agent. */
export const commandSubject = (tenant: string, agentId: string): string => `zt.${tenantToken(tenant)}.cmd.${agentToken(agentId)}`;

/** `zt.<tenant>.receipt.<agentId>`: what the orchestrator has committed of that agent's messages. */
export const receiptSubject = (tenant: string, agentId: string): string =>
  `zt.${tenantToken(tenant)}.receipt.${agentToken(agentId)}`;

/** `zt.<tenant>.control`: the whole signed control state, repeated as the running heartbeat. */
export const controlSubject = (tenant: string): string => `zt.${tenantToken(tenant)}.control`;

/** `zt.<tenant>.log.head`: wakes the readers of the log up after a commit; losing one costs latency only. */
export const logHeadSubject = (tenant: string): string => `zt.${tenantToken(tenant)}.log.head`;

/** `zt.<tenant>.anchor`: the head of the log, noted down where its database can't reach. */
export const anchorSubject = (tenant: string): string => `zt.${tenantToken(tenant)}.anchor`;

/** What is published from the log for other programs. */
export const FEEDS = ['errors', 'fixes', 'decisions', 'services'] as const;
export type Feed = (typeof FEEDS)[number];

/** `zt.<tenant>.feed.<errors|fixes|decisions|services>`: what programs other than agents follow. */
export const feedSubject = (tenant: string, feed: Feed): string => `zt.${tenantToken(tenant)}.feed.${feed}`;

/** Every feed, for the stream that holds them and for whoever follows all of them. */
export const everyFeedSubject = (tenant: string): string => `zt.${tenantToken(tenant)}.feed.*`;

/** All that belongs to one tenant. */
export const everySubject = (tenant: string): string => `zt.${tenantToken(tenant)}.>`;

/** Every agent's subject of one kind, for the stream that collects it. */
export const everyAgentSubject = (tenant: string, kind: MessageKind): string => `zt.${tenantToken(tenant)}.*.*.${kind}`;

/** Every agent's commands, for the stream that holds them. */
export const everyCommandSubject = (tenant: string): string => `zt.${tenantToken(tenant)}.cmd.*`;

/** The NATS user that may read the feeds and nothing else. */
export const FEED_READER = 'feed-reader';

/** An agent's own inbox, so that no agent reads another one's replies. */
export const agentInboxPrefix = (agentId: string): string => `_INBOX_${agentToken(agentId)}`;

const AGENT_SUBJECT = new RegExp(
  `^zt\\.([a-z0-9-]+)\\.(${AGENT_CLASSES.join('|')})\\.([a-z0-9][a-z0-9-]{0,62})\\.(${MESSAGE_KINDS.join('|')})$`,
);

/** Who published on this subject; `undefined` for a subject that isn't an agent's. Identity is read from here, never from a payload. */
export function parseAgentSubject(subject: string): PublisherAddress | undefined {
  const [, tenant, agentClass, agentId, kind] = AGENT_SUBJECT.exec(subject) ?? [];
  if (tenant === undefined || agentId === undefined || !isAgentClass(agentClass) || !isMessageKind(kind)) return undefined;
  return { tenant, agentClass, agentId, kind };
}

const isAgentClass = (token: string | undefined): token is AgentClass => AGENT_CLASSES.some((known) => known === token);
const isMessageKind = (token: string | undefined): token is MessageKind => MESSAGE_KINDS.some((known) => known === token);

/** The JetStream streams of one tenant. */
export const JETSTREAM_STREAMS = ['reports', 'results', 'signals', 'commands', 'control', 'feed', 'anchors'] as const;
export type JetStreamStream = (typeof JETSTREAM_STREAMS)[number];

/** `ZT_<TENANT>_<STREAM>`; hyphens become underscores, as stream names are also file names. */
export const jetStreamName = (tenant: string, stream: JetStreamStream): string =>
  `ZT_${assertName('tenant', tenant).replaceAll('-', '_')}_${stream}`.toUpperCase();

/** The durable pull consumer through which one agent receives its commands; the orchestrator creates it. */
export const commandConsumerName = (agentId: string): string => `cmd-${assertName('agent id', agentId)}`;

/** The durable pull consumer that all orchestrators share to take in one stream. */
export const intakeConsumerName = (stream: 'reports' | 'results' | 'signals'): string => `intake-${stream}`;
