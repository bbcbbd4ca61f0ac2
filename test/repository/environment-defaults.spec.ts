import { describe, expect, it } from '@jest/globals';
import { Configuration, ENVIRONMENT_VARIABLES } from '../../src/platform/config/configuration.ts';
import { readText } from './repository-files.ts';

const [, section = ''] = /^## Orchestrator$([\s\S]*?)^## /m.exec(readText('.env.example')) ?? [];
const listed = new Map(
  [...section.matchAll(/^(#\s)?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, mark, name = '', value = '']) => [name, { mark, value }]),
);

const REQUIRED = { DATABASE_URL: 'postgres://a@localhost/b', NATS_URL: 'nats://localhost', KEY_DIR: 'keys' };

describe("the orchestrator's part of .env.example", () => {
  it('lists what the orchestrator reads, and nothing else', () => {
    expect([...listed.keys()].sort()).toEqual([...ENVIRONMENT_VARIABLES].sort());
  });

  it('writes out what must be set, and only that', () => {
    const writtenOut = [...listed].filter(([, { mark }]) => mark === undefined).map(([name]) => name);
    expect(writtenOut.sort()).toEqual(Object.keys(REQUIRED).sort());
    expect(() => Configuration.from(REQUIRED)).not.toThrow();
  });

  it('shows the defaults that hold when a variable is not set', () => {
    const shown = Object.fromEntries([...listed].flatMap(([name, { value }]) => (value === '' ? [] : [[name, value]])));
    expect(Object.keys(shown)).not.toEqual([]);
    expect(Configuration.from({ ...REQUIRED, ...shown })).toEqual(Configuration.from(REQUIRED));
  });
});
