import { HEADERS } from '../headers.ts';
import { AGENT_CLASSES, FEEDS, NAME_PATTERN } from '../subject-names.ts';
import { type Channel, CHANNELS } from './channels.ts';
import { PUBLISHED_MESSAGES, type PublishedMessage } from './wire-messages.ts';

const SCHEMA_FORMAT = 'application/schema+json;version=2020-12';

const INFO = {
  title: 'Zantara Self-Healing: agents, orchestrator, feeds',
  license: { name: 'MIT' },
  description:
    'Everything that travels over NATS between agents and the orchestrator, seen from the orchestrator: it receives what agents ' +
    'publish and sends commands, receipts and the control state; and the feeds, in which it publishes the log for other programs. ' +
    'docs/writing-an-agent.md and docs/reading-the-feed.md tell in which order to use it.',
};

const SERVERS = {
  nats: {
    host: '127.0.0.1:4222',
    protocol: 'nats',
    description:
      'nats-server 2.10 or newer with JetStream. Its address is configuration; max_payload is 1 MiB where it is our own server.',
    security: [{ $ref: '#/components/securitySchemes/nkey' }],
  },
};

const SECURITY_SCHEMES = {
  nkey: {
    type: 'asymmetricEncryption',
    description:
      "A NATS nkey (Ed25519) per agent: the client signs the server's nonce with its seed. The server knows the public key and the " +
      'subjects that this agent may publish and subscribe to; docs/reference/nats.md lists them.',
  },
};

const PARAMETERS = {
  tenant: { description: `One installation. ${NAME_PATTERN.source}`, default: 'main' },
  agentClass: { description: 'Who speaks; it decides how much the evidence weighs.', enum: [...AGENT_CLASSES] },
  feed: { description: 'What the events are about.', enum: [...FEEDS] },
  agentId: { description: `The agent's id in the catalogue. ${NAME_PATTERN.source}` },
};

interface Header {
  type: 'string';
  pattern?: string;
  description: string;
}

const DELIVERY_HEADERS: Record<string, Header> = {
  [HEADERS.ageMs]: {
    type: 'string',
    pattern: '^\\d+$',
    description: "Milliseconds between observing the oldest item and sending, by the agent's own monotonic clock.",
  },
  [HEADERS.attempt]: { type: 'string', pattern: '^\\d+$', description: '1 for the first sending.' },
  [HEADERS.traceparent]: { type: 'string', description: 'W3C trace context, where there is one.' },
  [HEADERS.messageId]: {
    type: 'string',
    description: 'The broker drops a repetition within 2 min, so each attempt needs another one.',
  },
};

const SIGNATURE_HEADERS: Record<string, Header> = {
  [HEADERS.keyId]: { type: 'string', description: "Which of the orchestrator's keys signed." },
  [HEADERS.signature]: {
    type: 'string',
    pattern: '^[A-Za-z0-9_-]{86}$',
    description: 'Ed25519 over subject, line feed (0x0A) and the body as sent; base64url without padding.',
  },
};

const COMMAND_HEADERS: Record<string, Header> = {
  ...SIGNATURE_HEADERS,
  [HEADERS.messageId]: { type: 'string', description: 'Id of the event in the log that the command comes from.' },
};

const FEED_HEADERS: Record<string, Header> = {
  [HEADERS.logId]: {
    type: 'string',
    description: 'Which log the position is of. Positions of two logs say nothing of each other.',
  },
  [HEADERS.position]: {
    type: 'string',
    pattern: '^\\d+$',
    description: 'Where in the log. What is not above the last position that was handled was handled before.',
  },
  [HEADERS.eventType]: { type: 'string', description: 'The type of the event; docs/reference/events.md lists them.' },
  [HEADERS.messageId]: { type: 'string', description: 'Id of the event.' },
  [HEADERS.omitted]: {
    type: 'string',
    description: '`data` where no message can carry the data of the event; GET /api/events has it, at this position.',
  },
};

const HEADERS_OF: Partial<Record<PublishedMessage['name'], { required: string[]; properties: Record<string, Header> }>> = {
  report: { required: [], properties: DELIVERY_HEADERS },
  result: { required: [], properties: DELIVERY_HEADERS },
  command: { required: [HEADERS.keyId, HEADERS.signature], properties: COMMAND_HEADERS },
  control: { required: [HEADERS.keyId, HEADERS.signature], properties: SIGNATURE_HEADERS },
  feed: { required: [HEADERS.logId, HEADERS.position, HEADERS.eventType, HEADERS.messageId], properties: FEED_HEADERS },
};

/** The AsyncAPI 3.0 document of all subjects. Payloads refer to the JSON Schema files that lie beside it in `schemas/`. */
export const computeAsyncApi = (version: string): object => ({
  asyncapi: '3.0.0',
  id: 'urn:zantara:asyncapi:1',
  info: { ...INFO, version },
  defaultContentType: 'application/json',
  servers: SERVERS,
  channels: Object.fromEntries(CHANNELS.map((channel) => [channel.message, toChannel(channel)])),
  operations: Object.fromEntries(CHANNELS.map((channel) => [operationId(channel), toOperation(channel)])),
  components: {
    messages: Object.fromEntries(PUBLISHED_MESSAGES.map((message) => [message.name, toMessage(message)])),
    parameters: PARAMETERS,
    securitySchemes: SECURITY_SCHEMES,
  },
});

const operationId = ({ action, message }: Channel): string => `${action}${message.charAt(0).toUpperCase()}${message.slice(1)}`;

function toChannel({ address, message, parameters, stream, consumer }: Channel): object {
  return {
    address,
    messages: { [message]: { $ref: `#/components/messages/${message}` } },
    parameters: Object.fromEntries(parameters.map((name) => [name, { $ref: `#/components/parameters/${name}` }])),
    ...(stream === undefined ? {} : { 'x-jetstream-stream': stream }),
    ...(consumer === undefined ? {} : { 'x-jetstream-consumer': consumer }),
  };
}

const toOperation = ({ action, message }: Channel): object => ({
  action,
  channel: { $ref: `#/channels/${message}` },
  summary: PUBLISHED_MESSAGES.find(({ name }) => name === message)?.summary,
  messages: [{ $ref: `#/channels/${message}/messages/${message}` }],
});

function toMessage({ name, summary, example }: PublishedMessage): object {
  const headers = HEADERS_OF[name];
  return {
    name,
    title: name,
    summary,
    contentType: 'application/json',
    ...(headers === undefined ? {} : { headers: { type: 'object', ...headers } }),
    payload: { schemaFormat: SCHEMA_FORMAT, schema: { $ref: `./schemas/${name}.schema.json` } },
    examples: [{ name, payload: example }],
  };
}
