import { describe, expect, it } from '@jest/globals';
import { EXIT as CLI_EXIT } from '../../apps/cli/src/exit-codes.ts';
import { readSettings } from './environment.ts';
import { EXIT } from './exit-codes.ts';
import { runOperator } from './run-operator.ts';

async function run(args: readonly string[], environment: Record<string, string> = {}, signal = new AbortController().signal) {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await runOperator({
    args,
    readSettings: () => readSettings(environment),
    signal,
    stdout: { write: (text) => out.push(text) > 0, once: () => undefined },
    stderr: { write: (text) => err.push(text) },
  });
  return { exit, out: out.join(''), err: err.join('') };
}

const NOBODY = { DATABASE_URL: 'postgres://zantara_app@127.0.0.1:1/none' };

describe('a log tool', () => {
  it('ends with the codes of the command line', () => {
    expect(CLI_EXIT).toMatchObject(EXIT);
  });

  it.each([
    [[], 'unknown-log-tool'],
    [['toString'], 'unknown-log-tool'],
    [['verify', '{'], 'invalid-log-tool-options'],
    [['verify', '[]'], 'invalid-log-tool-options'],
    [['verify', '{"anchor":1}'], 'invalid-log-tool-options'],
  ])('is not run with %j', async (args, code) => {
    const { exit, out, err } = await run(args, NOBODY);
    expect([exit, out]).toEqual([EXIT.usage, '']);
    expect(err).toContain(code);
  });

  it('names the settings that it lacks', async () => {
    const { exit, err } = await run(['verify']);
    expect(exit).toBe(EXIT.usage);
    expect(err).toContain('DATABASE_URL');
  });

  it('says what does not answer, and what to do', async () => {
    const { exit, out, err } = await run(['verify', '{}'], NOBODY);
    expect([exit, out]).toEqual([EXIT.unreachable, '']);
    expect(err).toMatch(/^error: .*\[log-unavailable\]\nnext: {2}Check that PostgreSQL runs/);
  });

  it('that is stopped says only that', async () => {
    const { exit, err } = await run(['verify'], NOBODY, AbortSignal.abort());
    expect([exit, err]).toEqual([EXIT.failed, 'stopped\n']);
  });
});
