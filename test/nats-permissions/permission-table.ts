import {
  AGENT_CLASSES,
  type AgentAddress,
  agentInboxPrefix,
  agentSubject,
  anchorSubject,
  commandConsumerName,
  commandSubject,
  controlSubject,
  everyFeedSubject,
  FEEDS,
  feedSubject,
  JETSTREAM_STREAMS,
  jetStreamName,
  logHeadSubject,
  MESSAGE_KINDS,
  receiptSubject,
} from '#libs/contracts';

/** Written by hand from what is promised, and not from the lists that the server is given. */
export type Role = 'orchestrator' | 'agent' | 'feed-reader';

export interface Row {
  readonly subject: string;
  /** Who may publish there; missing for a pattern, on which nobody can. */
  readonly publish?: readonly Role[];
  readonly subscribe: readonly Role[];
}

export const TENANT = 'test';
export const OTHER: AgentAddress = { tenant: TENANT, agentClass: 'service', agentId: 'other-agent' };

const NOBODY: readonly Role[] = [];
const ORCHESTRATOR: readonly Role[] = ['orchestrator'];
const ITS_AGENT: readonly Role[] = ['orchestrator', 'agent'];
const READER: readonly Role[] = ['orchestrator', 'feed-reader'];

/** Every class of subject, as one user with this id sees it: what is its own, and what is somebody else's. */
export function computeTable(own: AgentAddress): Row[] {
  return [...messages(own), ...saidByTheOrchestrator(own), ...inboxes(own), ...patterns(), ...jetStream(own), ...management()];
}

function messages(own: AgentAddress): Row[] {
  const foreign = [OTHER, ...AGENT_CLASSES.filter((one) => one !== own.agentClass).map((agentClass) => ({ ...own, agentClass }))];
  return MESSAGE_KINDS.flatMap((kind) => [
    { subject: agentSubject(own, kind), publish: ITS_AGENT, subscribe: ORCHESTRATOR },
    ...foreign.map((agent) => ({ subject: agentSubject(agent, kind), publish: ORCHESTRATOR, subscribe: ORCHESTRATOR })),
    { subject: agentSubject({ ...own, tenant: 'else' }, kind), publish: NOBODY, subscribe: NOBODY },
  ]);
}

function saidByTheOrchestrator({ agentId }: AgentAddress): Row[] {
  const its = (subject: string, subscribe: readonly Role[]): Row => ({ subject, publish: ORCHESTRATOR, subscribe });
  return [
    its(commandSubject(TENANT, agentId), ORCHESTRATOR),
    its(commandSubject(TENANT, OTHER.agentId), ORCHESTRATOR),
    its(receiptSubject(TENANT, agentId), ITS_AGENT),
    its(receiptSubject(TENANT, OTHER.agentId), ORCHESTRATOR),
    its(controlSubject(TENANT), ITS_AGENT),
    its(anchorSubject(TENANT), ORCHESTRATOR),
    its(logHeadSubject(TENANT), ORCHESTRATOR),
    ...FEEDS.map((feed) => its(feedSubject(TENANT, feed), READER)),
    { subject: controlSubject('else'), publish: NOBODY, subscribe: NOBODY },
  ];
}

const inboxes = ({ agentId }: AgentAddress): Row[] => [
  { subject: `${agentInboxPrefix(agentId)}.x`, publish: NOBODY, subscribe: ['agent', 'feed-reader'] },
  { subject: `${agentInboxPrefix(OTHER.agentId)}.x`, publish: NOBODY, subscribe: NOBODY },
  { subject: '_INBOX.x', publish: NOBODY, subscribe: ORCHESTRATOR },
];

const patterns = (): Row[] => [
  { subject: controlSubject(TENANT).replace(/control$/, '>'), subscribe: ORCHESTRATOR },
  { subject: commandSubject(TENANT, 'x').replace(/x$/, '*'), subscribe: ORCHESTRATOR },
  { subject: receiptSubject(TENANT, 'x').replace(/x$/, '*'), subscribe: ORCHESTRATOR },
  { subject: everyFeedSubject(TENANT), subscribe: READER },
  { subject: '$JS.EVENT.ADVISORY.>', subscribe: ORCHESTRATOR },
  ...['>', 'zt.>', '*.>', '_INBOX_*.>', '$JS.>', '$JS.API.>', '$JS.ACK.>', '$SYS.>'].map((subject) => ({
    subject,
    subscribe: NOBODY,
  })),
];

/** What others than the orchestrator need of JetStream, beside what looks like it. */
function jetStream({ agentId }: AgentAddress): Row[] {
  const commands = jetStreamName(TENANT, 'commands');
  const [own, foreign] = [agentId, OTHER.agentId].map((id) => `${commands}.${commandConsumerName(id)}`);
  const direct = (stream: (typeof JETSTREAM_STREAMS)[number], subject = ''): string =>
    `$JS.API.DIRECT.GET.${jetStreamName(TENANT, stream)}${subject && `.${subject}`}`;
  const call = (subject: string, publish: readonly Role[]): Row => ({ subject, publish, subscribe: NOBODY });
  return [
    call(`$JS.API.CONSUMER.MSG.NEXT.${own}`, ITS_AGENT),
    call(`$JS.API.CONSUMER.MSG.NEXT.${foreign}`, ORCHESTRATOR),
    call(`$JS.ACK.${own}.1.1.1.1.0`, ITS_AGENT),
    call(`$JS.ACK.${foreign}.1.1.1.1.0`, ORCHESTRATOR),
    call(`$JS.API.CONSUMER.DELETE.${own}`, ORCHESTRATOR),
    call(`$JS.API.CONSUMER.INFO.${own}`, ORCHESTRATOR),
    call(direct('control', controlSubject(TENANT)), ITS_AGENT),
    call(direct('commands', commandSubject(TENANT, agentId)), ORCHESTRATOR),
    call(direct('commands', commandSubject(TENANT, OTHER.agentId)), ORCHESTRATOR),
    ...FEEDS.map((feed) => call(direct('feed', feedSubject(TENANT, feed)), READER)),
    ...JETSTREAM_STREAMS.map((stream) => call(direct(stream), stream === 'feed' ? READER : ORCHESTRATOR)),
  ];
}

/** The whole of JetStream is the orchestrator's, and nobody gets at the server itself. */
function management(): Row[] {
  const ofStream = ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'MSG.GET', 'MSG.DELETE'].map((call) => `STREAM.${call}`);
  const ofConsumers = ['CREATE', 'NAMES', 'LIST'].map((call) => `CONSUMER.${call}`);
  const calls = JETSTREAM_STREAMS.map((stream) => jetStreamName(TENANT, stream)).flatMap((stream) => [
    ...[...ofStream, ...ofConsumers].map((call) => `${call}.${stream}`),
    ...['CREATE', 'DURABLE.CREATE', 'DELETE', 'INFO', 'MSG.NEXT'].map((call) => `CONSUMER.${call}.${stream}.spy`),
  ]);
  return [
    ...[...calls, 'INFO', 'STREAM.NAMES', 'STREAM.LIST', 'STREAM.CREATE.MINE'].map((call) => ({
      subject: `$JS.API.${call}`,
      publish: ORCHESTRATOR,
      subscribe: NOBODY,
    })),
    { subject: '$JS.EVENT.ADVISORY.x', publish: NOBODY, subscribe: ORCHESTRATOR },
    ...['$SYS.REQ.SERVER.PING', '$SYS.REQ.ACCOUNT.PING.CONNZ'].map((subject) => ({
      subject,
      publish: NOBODY,
      subscribe: NOBODY,
    })),
  ];
}
