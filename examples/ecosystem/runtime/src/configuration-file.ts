import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';

export const PortSchema = z.int('must be a port number').min(1, 'must be a port number').max(65_535, 'must be a port number');
export const HttpUrlSchema = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const EXIT_INVALID_CONFIGURATION = 2;

/**
 * Reads the YAML file that is the program's one argument. What is wrong is said in one line, all of it at once, and the program
 * ends: "invalid configuration" are the words by which a service agent knows that a second start would fail as well.
 */
export function readConfiguration<T>(schema: z.ZodType<T>): T {
  const [, , file] = process.argv;
  const { problems, value } = file === undefined ? noFile() : parseFile(file, schema);
  if (value !== undefined) return value;
  console.error(`invalid configuration: ${problems.join('; ')}`);
  process.exit(EXIT_INVALID_CONFIGURATION);
}

interface Reading<T> {
  readonly problems: readonly string[];
  readonly value?: T;
}

const noFile = (): Reading<never> => ({ problems: ['the first argument must be the path of the configuration file'] });

function parseFile<T>(file: string, schema: z.ZodType<T>): Reading<T> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message }) => `${file}: ${message.split('\n')[0] ?? message}`) };
  }
  const parsed = schema.safeParse(document.toJS());
  return parsed.success ? { problems: [], value: parsed.data } : { problems: parsed.error.issues.map(describeIssue) };
}

const describeIssue = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
