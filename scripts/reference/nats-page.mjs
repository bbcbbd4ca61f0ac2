import { code, page, table } from './markdown.mjs';

const SECOND_NS = 1_000_000_000;
const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

function duration(nanos) {
  if (nanos === undefined) return '';
  const seconds = nanos / SECOND_NS;
  const [size, unit] = UNITS.find(([length]) => seconds % length === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
}

const bytes = (count) => (count === undefined ? '' : `${count / 1024 / 1024} MiB`);
const list = (items) => items.map((item) => `- ${code(item)}`).join('\n');

const INTRODUCTION = `Subjects, streams, consumers and permissions, as the functions in \`libs/contracts\` and \`libs/messaging\` compute them. The examples
are those of tenant \`main\` and of the agent \`memory-agent\` of class \`service\`. [\`asyncapi.yaml\`](asyncapi.yaml) says the same for programs.`;

const channelRows = ({ channels, messages }) =>
  channels.map(({ address, action, message, stream, consumer }) => [
    code(address),
    action === 'receive' ? 'agent' : 'orchestrator',
    `[${message}](schemas/${message}.schema.json)`,
    stream === undefined ? 'none: only who listens gets it' : code(stream),
    consumer === undefined ? '' : code(consumer),
    messages.find(({ name }) => name === message).summary,
  ]);

const streamRows = (streams) =>
  streams.map((stream) => [
    code(stream.name),
    stream.subjects.map(code).join(', '),
    stream.storage,
    stream.discard === 'new' ? 'refuses new ones' : 'forgets the oldest',
    duration(stream.max_age),
    bytes(stream.max_bytes),
    duration(stream.duplicate_window),
    [
      stream.max_msgs_per_subject && `${stream.max_msgs_per_subject} message per subject`,
      stream.allow_direct && 'direct get',
      stream.deny_delete && 'no message can be deleted',
    ]
      .filter(Boolean)
      .join(', '),
  ]);

const consumerRows = (consumers) =>
  consumers.map(({ stream, name, config }) => [
    code(stream),
    code(name),
    config.filter_subject === undefined ? 'all' : code(config.filter_subject),
    duration(config.ack_wait),
    config.deliver_policy,
    config.max_ack_pending,
  ]);

const HEADERS_OF = {
  ageMs: 'Milliseconds between observing the oldest item and sending, by the monotonic clock of the agent.',
  attempt: '1 for the first sending.',
  traceparent: 'W3C trace context.',
  keyId: "Which of the orchestrator's keys signed.",
  signature: 'Ed25519 over subject, line feed and body; base64url without padding.',
  messageId: 'The broker drops a repetition of it within the duplicate window.',
  logId: 'In the feeds: which log the position is of.',
  position: 'In the feeds: where in the log.',
  eventType: 'In the feeds: the type of the event.',
  omitted: 'In the feeds: `data` where no message can carry the data of the event.',
};

function feedRows(eventFeeds) {
  const feeds = new Map();
  for (const [type, feed] of Object.entries(eventFeeds)) feeds.set(feed, [...(feeds.get(feed) ?? []), type]);
  return [...feeds].map(([feed, types]) => [feed === 'none' ? 'in none' : code(feed), types.map(code).join(', ')]);
}

export const natsPage = (facts) =>
  page(
    'NATS: subjects, streams, permissions',
    INTRODUCTION,
    '## Subjects',
    table(['Subject', 'Published by', 'Message', 'Stream', 'Consumer', 'What it is'], channelRows(facts)),
    `On ${code(facts.logHead)} every orchestrator says after each commit how far the log goes, and hears it from the others, so that their readers wake up. It goes through no stream: a lost word costs the time of a poll, never an event.`,
    '## Headers',
    table(
      ['Header', 'Meaning'],
      Object.entries(facts.headers).map(([key, name]) => [code(name), HEADERS_OF[key]]),
    ),
    '## Streams',
    table(['Stream', 'Subjects', 'Storage', 'When full', 'Oldest', 'Largest', 'Duplicates', 'Also'], streamRows(facts.streams)),
    '## Consumers',
    'All are durable pull consumers with explicit acknowledgement and without a limit of deliveries. The orchestrator makes them.',
    table(['Stream', 'Consumer', 'Subjects', 'Acknowledge within', 'From', 'Most unacknowledged'], consumerRows(facts.consumers)),
    '## What an agent may do',
    'The server refuses everything else.',
    `The agent has a NATS account of its own, ${code(facts.agent.account)}, into which only these subjects are let.`,
    `Publish:\n\n${list(facts.agent.publish)}`,
    `Subscribe:\n\n${list(facts.agent.subscribe)}`,
    '## Feeds',
    'How to read them: [reading the feed](../reading-the-feed.md).',
    table(['Feed', 'Events'], feedRows(facts.eventFeeds)),
    '## What a reader of the feeds may do',
    `The NATS user ${code('feed-reader')}, in the account ${code(facts.feedReader.account)}. The server refuses everything else.`,
    `Publish:\n\n${list(facts.feedReader.publish)}`,
    `Subscribe:\n\n${list(facts.feedReader.subscribe)}`,
    '## What an orchestrator may do',
    `Publish:\n\n${list(facts.orchestrator.publish)}`,
    `Subscribe:\n\n${list(facts.orchestrator.subscribe)}`,
  );
