import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { describeError } from '../runtime/agent-log.ts';
import { AgentConfigError, type ConfigProblem } from '../service-agent.errors.ts';
import { checkFiles } from './config-files.ts';
import { type AgentConfig, AgentConfigSchema } from './config.schema.ts';

/** @throws AgentConfigError with everything that is wrong */
export function parseAgentConfig(input: unknown): AgentConfig {
  const parsed = AgentConfigSchema.safeParse(input);
  if (!parsed.success) throw new AgentConfigError(parsed.error.issues.flatMap(toProblems));
  return parsed.data;
}

/** @throws AgentConfigError with everything that is wrong, in the file and with the files that it names */
export function loadAgentConfig(path: string): AgentConfig {
  const document = parseDocument(readText(path), { uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new AgentConfigError(document.errors.map(({ message }) => ({ path, message: message.split('\n')[0] ?? message })));
  }
  const input: unknown = document.toJS();
  const parsed = AgentConfigSchema.safeParse(input);
  const problems = [...(parsed.error?.issues.flatMap(toProblems) ?? []), ...checkFiles(input)];
  if (!parsed.success || problems.length > 0) throw new AgentConfigError(problems);
  return parsed.data;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AgentConfigError([{ path, message: describeError(error) }]);
  }
}

function toProblems(issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: 'is not a known key' }));
  }
  return [{ path: formatPath(issue.path), message: issue.message }];
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`),
    '',
  ) || 'the file';
