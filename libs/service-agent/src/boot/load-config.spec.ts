import { describe, expect, it } from '@jest/globals';
import { AgentConfigError } from '../service-agent.errors.ts';
import { parseAgentConfig } from './load-config.ts';
import { maskConfig } from './mask-config.ts';

const minimal = {
  agent_id: 'memory-agent',
  nats_url: 'nats://127.0.0.1:4222',
  orchestrator_keys_file: 'keys.json',
  state_dir: 'state',
  services: [{ id: 'memory', process: { command: 'node' }, health: { url: 'http://127.0.0.1:3000/health' } }],
};

const problemsOf = (input: unknown): Record<string, string> => {
  try {
    parseAgentConfig(input);
    return {};
  } catch (error) {
    if (!(error instanceof AgentConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
};

describe('parseAgentConfig', () => {
  it('fills in the defaults of the specification', () => {
    const config = parseAgentConfig(minimal);
    expect(config).toMatchObject({ heartbeat_interval_ms: 10_000, tenant: 'main' });
    expect(config.services[0]).toMatchObject({
      allow: ['restart/service'],
      max_actions_per_hour: 5,
      process: { start_on_boot: true, on_agent_stop: 'keep' },
      health: { interval_ms: 30_000, timeout_ms: 5_000, unhealthy_after: 2 },
    });
  });

  it('names everything that is wrong at once, each with its path', () => {
    const [service] = minimal.services;
    const problems = problemsOf({
      ...minimal,
      agent_id: 'Memory Agent',
      nats_url: 'http://nats',
      surprise: true,
      services: [
        { ...service, health: { url: 'ftp://x', interval_ms: 5, retries: 3 } },
        { ...service, id: 'rag', process: { command: '', port: 70_000 }, allow: ['anything'] },
      ],
    });
    expect(Object.keys(problems).toSorted()).toEqual([
      'agent_id',
      'nats_url',
      'services[0].health.interval_ms',
      'services[0].health.retries',
      'services[0].health.url',
      'services[1].allow[0]',
      'services[1].process.command',
      'services[1].process.port',
      'surprise',
    ]);
    expect(problems['surprise']).toBe('is not a known key');
  });

  it('refuses a service twice, and a time-out longer than its interval', () => {
    const [service] = minimal.services;
    expect(problemsOf({ ...minimal, services: [service, service] })).toHaveProperty('services');
    const slow = { ...service, health: { url: 'http://x/', interval_ms: 1_000, timeout_ms: 2_000 } };
    expect(problemsOf({ ...minimal, services: [slow] })).toHaveProperty(['services[0].health.timeout_ms']);
  });

  it('calls an empty file what it is', () => {
    expect(problemsOf(null)).toHaveProperty('the file');
  });
});

describe('maskConfig', () => {
  it('shows no secret of the environment, the arguments or the addresses', () => {
    const masked = maskConfig(
      parseAgentConfig({
        ...minimal,
        nats_url: 'nats://user:hunter2@10.0.0.1:4222,nats://user:hunt@er2:hunter2@10.0.0.2:4222',
        services: [
          {
            id: 'memory',
            process: {
              command: 'node',
              args: ['main.js', '--password', 'hunter2', '--token=hunter2', '--port', '3000'],
              env: { DATABASE_URL: 'postgres://app:hunter2@db/x', API_KEY: 'hunter2', PORT: '3000' },
            },
            health: { url: 'http://user:hunter2@127.0.0.1:3000/health?key=hunter2&more' },
            restart: { drain_url: 'HTTP://user:hunter2@127.0.0.1:3000/drain?token=hunter2' },
          },
        ],
      }),
    );
    const text = JSON.stringify(masked);
    expect(text).not.toMatch(/hunter2|er2/);
    expect(masked).toMatchObject({
      nats_url: 'nats://[redacted]@10.0.0.1:4222,nats://[redacted]@10.0.0.2:4222',
      services: [{ health: { url: 'http://[redacted]@127.0.0.1:3000/health?[redacted]' } }],
    });
    expect(masked.services[0]?.process).toMatchObject({ env: { PORT: '3000' } });
    expect(masked.services[0]?.process.args.slice(-2)).toEqual(['--port', '3000']);
  });
});
