import { pino } from 'pino';
import { z } from 'zod';
import { redactJsonObject, redactText } from '#libs/agent-core';
import type { JsonObject } from '#libs/contracts';
import type { LogLevel } from '#libs/messaging';

/** Where the agent says what it does. Fits what libs/messaging wants. */
export type AgentLog = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

const FieldsSchema = z.record(z.string(), z.json());

const toJson = (fields: Record<string, unknown>): JsonObject => FieldsSchema.parse(JSON.parse(JSON.stringify(fields)));

/** JSON lines on stderr, without secrets and personal data; stdout belongs to --print-config. */
export function createAgentLog(agentId: string): AgentLog {
  const logger = pino({ base: { agent_id: agentId }, level: 'info' }, pino.destination({ dest: 2, sync: true }));
  return (level, message, fields = {}) => logger[level](redactJsonObject(toJson(fields)).value, redactText(message).value);
}

/** One line of what a thrown value says. */
export const describeError = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(/\s+/g, ' ').slice(0, 500);
