import {
  type AgentAddress,
  agentInboxPrefix,
  agentSubject,
  commandConsumerName,
  controlSubject,
  everyFeedSubject,
  everySubject,
  FEED_READER,
  FEEDS,
  feedSubject,
  jetStreamName,
  MESSAGE_KINDS,
  receiptSubject,
} from './subject-names.ts';

/** Allow-lists for one NATS user: what isn't listed is refused by the server. */
export interface NatsPermissions {
  publish: readonly string[];
  subscribe: readonly string[];
  /**
   * The NATS account of the user's own, into which only the subjects above are let; without it the user lives in the main one.
   * The server publishes its answers wherever a reply subject says, and no allow-list holds for a reply subject. In the main
   * account an agent could so have a stream purged, or an acknowledgement stored under another agent's name.
   */
  account?: string;
}

/**
 * What one agent may do: publish under its own id, pull and acknowledge on its own command consumer, read the control state;
 * and hear its receipts, the control state and its own inbox. Commands reach it only through its consumer.
 */
export function computeAgentPermissions(agent: AgentAddress): NatsPermissions {
  const commands = `${jetStreamName(agent.tenant, 'commands')}.${commandConsumerName(agent.agentId)}`;
  const control = controlSubject(agent.tenant);
  return {
    publish: [
      ...MESSAGE_KINDS.map((kind) => agentSubject(agent, kind)),
      `$JS.API.CONSUMER.MSG.NEXT.${commands}`,
      `$JS.ACK.${commands}.>`,
      `$JS.API.DIRECT.GET.${jetStreamName(agent.tenant, 'control')}.${control}`,
    ],
    subscribe: [receiptSubject(agent.tenant, agent.agentId), control, `${agentInboxPrefix(agent.agentId)}.>`],
    account: `agent-${agent.tenant}-${agent.agentId}`,
  };
}

/**
 * What a reader of the feeds may do: hear them, get their messages by number, and the last one of each. It may make no consumer:
 * that is possible only in the account of the stream, where no allow-list holds for the subjects to which the server delivers.
 */
export function computeFeedReaderPermissions(tenant: string): NatsPermissions {
  const directGet = `$JS.API.DIRECT.GET.${jetStreamName(tenant, 'feed')}`;
  return {
    publish: [directGet, ...FEEDS.map((feed) => `${directGet}.${feedSubject(tenant, feed)}`)],
    subscribe: [everyFeedSubject(tenant), `${agentInboxPrefix(FEED_READER)}.>`],
    account: `${FEED_READER}-${tenant}`,
  };
}

/** What the orchestrators of one tenant may do: speak on every subject of the tenant and manage JetStream. */
export const computeOrchestratorPermissions = (tenant: string): NatsPermissions => ({
  publish: [everySubject(tenant), '$JS.API.>', '$JS.ACK.>'],
  subscribe: [everySubject(tenant), '$JS.EVENT.ADVISORY.>', '_INBOX.>'],
});
