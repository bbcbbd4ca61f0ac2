import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createUser } from '@nats-io/nkeys';
import { stringify } from 'yaml';
import { AgentConfigError } from '../service-agent.errors.ts';
import { loadAgentConfig } from './load-config.ts';

const SEED = new TextDecoder().decode(createUser().getSeed());

describe('loadAgentConfig', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const write = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const problemsOf = (over: object): Record<string, string> => {
    const config = {
      agent_id: 'memory-agent',
      nats_url: 'nats://127.0.0.1:4222',
      orchestrator_keys_file: 'keys.json',
      state_dir: 'state',
      services: [{ id: 'memory', process: { command: 'node' }, health: { url: 'http://127.0.0.1:3000/' } }],
      ...over,
    };
    try {
      loadAgentConfig(write('agent.yaml', stringify(config)));
      return {};
    } catch (error) {
      if (!(error instanceof AgentConfigError)) throw error;
      return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
    }
  };
  const service = (process: object) => [{ id: 'memory', process, health: { url: 'http://127.0.0.1:3000/' } }];

  it('lists what is wrong with the files together with everything else', () => {
    const problems = problemsOf({
      agent_id: 'No',
      nkey_seed_file: '/nonexistent/seed',
      services: [7, ...service({ command: '/nonexistent/program', cwd: '/nonexistent', port: 'x' }), { process: 3 }],
    });
    expect(Object.keys(problems)).toEqual(
      expect.arrayContaining([
        'agent_id',
        'nkey_seed_file',
        'services[0]',
        'services[1].process.port',
        'services[1].process.cwd',
        'services[1].process.command',
        'services[2].process',
      ]),
    );
  });

  it('looks for a relative program where the service runs', () => {
    mkdirSync(join(dir, 'service'));
    chmodSync(write('service/run.sh', '#!/bin/sh\n'), 0o755);
    expect(problemsOf({ services: service({ command: './run.sh', cwd: join(dir, 'service') }) })).toEqual({});
    expect(problemsOf({ services: service({ command: './run.sh', cwd: dir }) })).toHaveProperty(['services[0].process.command']);
    expect(problemsOf({ services: service({ command: './run.sh' }) })).toHaveProperty(['services[0].process.command']);
  });

  it('takes the seed of a user', () => {
    expect(problemsOf({ nkey_seed_file: write('agent.nk', `${SEED}\n`) })).toEqual({});
  });

  it.each([
    ['empty', ''],
    ['something else', 'hunter2'],
    ['mistyped', SEED.slice(0, 20) + (SEED[20] === 'A' ? 'B' : 'A') + SEED.slice(21)],
    ['cut off', SEED.slice(0, -1)],
  ])('refuses a seed that is %s, and does not tell it', (_, content) => {
    const problems = problemsOf({ nkey_seed_file: write('agent.nk', content) });
    expect(problems).toEqual({ nkey_seed_file: 'is not the nkey seed of a user, one line that begins with SU' });
  });
});
