import { afterEach, describe, expect, it } from '@jest/globals';
import { ExampleProgram } from '../../../../test/launcher/example-program.ts';

const started: ExampleProgram[] = [];
afterEach(() => Promise.all(started.splice(0).map((program) => program.end())));

/** What a program says of this configuration before it ends. */
async function refusalOf(role: string, configuration: string): Promise<string> {
  const program = ExampleProgram.startWithText(role, configuration);
  started.push(program);
  expect(await program.untilEnded()).toBe(2);
  return program.output.trim();
}

const WRONG: readonly (readonly [role: string, configuration: string, problems: readonly string[]])[] = [
  ['memory', 'port: none\ndatabase_url: mysql://x', ['port: must be a port number', 'database_url: must be a postgres:// URL']],
  [
    'rag',
    'port: 70000\ndocuments_dir: nowhere\nmemory_url: memory\nknown: { question: "" }',
    [
      'port: must be a port number',
      'documents_dir: must be a folder',
      'memory_url: must be an http or https URL',
      'known.question: must be a question',
      'known.document: must be the id of a document',
    ],
  ],
  [
    'gateway',
    'port: 0\nupstreams: {}\ntimeout_ms: 1\nextra: 1',
    ['port: must be a port number', 'upstreams: must name at least one upstream', 'timeout_ms: must be 100 or more', '"extra"'],
  ],
  [
    'users',
    'port: 1\ngateway_url: ""\ninterval_ms: 0\ntimeout_ms: 1\nquestions: []',
    [
      'gateway_url: must be an http or https URL',
      'interval_ms: must be 5 or more',
      'timeout_ms: must be 10 or more',
      'questions: must have at least one',
    ],
  ],
];

describe('a configuration file that is wrong', () => {
  it.each(WRONG)('ends %s with one line that says all of it', async (role, configuration, problems) => {
    const refusal = await refusalOf(role, configuration);
    expect(refusal).toMatch(/^invalid configuration: .+$/);
    for (const problem of problems) expect(refusal).toContain(problem);
  });

  it('is told also when it is no YAML', async () => {
    expect(await refusalOf('memory', 'port: [1')).toMatch(/^invalid configuration: \S+memory\.yaml: .+$/);
  });
});
