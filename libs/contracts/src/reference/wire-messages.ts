import { z } from 'zod';
import { LogEventSchema } from '../api/log-event.schema.ts';
import type { JsonObject } from '../json.ts';
import { CommandSchema } from '../wire/command.schema.ts';
import { ControlStateSchema } from '../wire/control.schema.ts';
import { HeartbeatSchema } from '../wire/heartbeat.schema.ts';
import { MetricSchema } from '../wire/metric.schema.ts';
import { ReceiptSchema } from '../wire/receipt.schema.ts';
import { ReportEnvelopeSchema } from '../wire/report.schema.ts';
import { ResultSchema } from '../wire/result.schema.ts';
import {
  COMMAND_EXAMPLE,
  CONTROL_EXAMPLE,
  FEED_EXAMPLE,
  HEARTBEAT_EXAMPLE,
  METRIC_EXAMPLE,
  RECEIPT_EXAMPLE,
  REPORT_EXAMPLE,
  RESULT_EXAMPLE,
} from './message-examples.ts';

/** A message as the published documents describe it. */
export interface PublishedMessage {
  name: 'report' | 'result' | 'heartbeat' | 'metric' | 'command' | 'control' | 'receipt' | 'feed';
  version: number;
  summary: string;
  schema: z.ZodType;
  example: JsonObject;
}

/** Between agents and the orchestrator. */
export type WireMessage = PublishedMessage & { name: Exclude<PublishedMessage['name'], 'feed'> };

/** Every message that crosses the border between agents and the orchestrator. */
export const WIRE_MESSAGES: readonly WireMessage[] = [
  {
    name: 'report',
    version: 1,
    summary: 'What an agent saw break, one error or many. Sent again until a receipt names it.',
    schema: ReportEnvelopeSchema,
    example: REPORT_EXAMPLE,
  },
  {
    name: 'result',
    version: 1,
    summary: 'How far a command got. Sent again until a receipt names it.',
    schema: ResultSchema,
    example: RESULT_EXAMPLE,
  },
  {
    name: 'heartbeat',
    version: 1,
    summary: "That an agent lives, and how its services are. Only the latest counts, so a lost one isn't sent again.",
    schema: HeartbeatSchema,
    example: HEARTBEAT_EXAMPLE,
  },
  {
    name: 'metric',
    version: 1,
    summary: "Measurements, kept for seven days. A lost one isn't sent again.",
    schema: MetricSchema,
    example: METRIC_EXAMPLE,
  },
  {
    name: 'command',
    version: 1,
    summary: 'A fix that one agent is to carry out, signed. Delivered at least once, carried out at most once.',
    schema: CommandSchema,
    example: COMMAND_EXAMPLE,
  },
  {
    name: 'control',
    version: 1,
    summary: 'Whether anything may be done at all, signed and repeated every 2 s.',
    schema: ControlStateSchema,
    example: CONTROL_EXAMPLE,
  },
  {
    name: 'receipt',
    version: 1,
    summary: "What is committed of an agent's reports or results, and what is refused for good.",
    schema: ReceiptSchema,
    example: RECEIPT_EXAMPLE,
  },
];

/** What other programs follow. It may get further members, which they leave aside; agents have nothing to do with it. */
const FEED_MESSAGE: PublishedMessage = {
  name: 'feed',
  version: 1,
  summary: 'One event of the log, as the HTTP API shows it. Each is there once, in the order of the log.',
  schema: LogEventSchema,
  example: FEED_EXAMPLE,
};

/** All of which the documents hold a schema. */
export const PUBLISHED_MESSAGES: readonly PublishedMessage[] = [...WIRE_MESSAGES, FEED_MESSAGE];

/** `urn:zantara:schema:<message>:<version>`; it names the schema and isn't an address to fetch it from. */
export const schemaId = ({ name, version }: Pick<PublishedMessage, 'name' | 'version'>): string =>
  `urn:zantara:schema:${name}:${version}`;

/** The JSON Schema (2020-12) of one message: the one that the validators are compiled from. */
export function computeMessageSchema(message: PublishedMessage): object {
  const { $schema, ...rest } = z.toJSONSchema(message.schema, { io: 'input' });
  return {
    $schema,
    $id: schemaId(message),
    title: `${message.name} ${message.version}`,
    ...rest,
    examples: [message.example],
  };
}
