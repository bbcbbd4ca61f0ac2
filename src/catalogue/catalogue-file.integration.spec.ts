import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { readCatalogueFile } from './catalogue-file.ts';
import { InvalidCatalogueError } from './catalogue.errors.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-catalogue-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const agent = { id: 'memory-agent', class: 'service' };
const service = { id: 'memory', probe_url: 'http://127.0.0.1:4001/health', owner_agent: 'memory-agent' };

function read(content: string | object): ReturnType<typeof readCatalogueFile> {
  const file = join(dir, 'catalogue.yaml');
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return readCatalogueFile(file);
}
function complaintsOf(content: string | object): string {
  try {
    read(content);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCatalogueError);
    return error instanceof Error ? error.message : '';
  }
}

describe('the catalogue file', () => {
  it('is read with careful defaults', () => {
    expect(read({ agents: [agent], services: [service] })).toEqual({
      agents: [agent],
      policy: [],
      services: [
        {
          ...service,
          probe_timeout_ms: 2000,
          replicas: 1,
          single_replica: false,
          critical: false,
          depends_on: [],
          autonomy: 'shadow',
        },
      ],
    });
  });

  it('names everything that does not fit together, at once', () => {
    const complaints = complaintsOf({
      agents: [agent, agent],
      services: [service, { ...service, depends_on: ['rag'] }, { ...service, id: 'other', owner_agent: 'nobody' }],
    });
    expect(complaints).toContain('agent memory-agent is listed twice');
    expect(complaints).toContain('service memory is listed twice');
    expect(complaints).toContain('service memory: depends_on rag is not listed under services');
    expect(complaints).toContain('service other: owner_agent nobody is not listed under agents');
  });

  it('refuses services that need themselves, over whatever way round, and names each circle once', () => {
    const needing = (id: string, ...depends_on: string[]) => ({ ...service, id, depends_on });
    const services = [
      needing('alone', 'alone'),
      needing('rag', 'memory', 'search'),
      needing('memory', 'database', 'rag'),
      needing('search', 'memory'),
      needing('database'),
    ];
    expect(
      complaintsOf({ agents: [agent], services })
        .split('\n')
        .slice(1),
    ).toEqual([
      '  - services depend on each other in a circle: alone -> alone',
      '  - services depend on each other in a circle: rag -> memory -> rag',
    ]);
  });

  it('takes services that need the same one, which is no circle', () => {
    const needing = (id: string, ...depends_on: string[]) => ({ ...service, id, depends_on });
    const services = [needing('a', 'b', 'c'), needing('b', 'd'), needing('c', 'd'), needing('d')];
    expect(read({ agents: [agent], services }).services).toHaveLength(4);
  });

  it('names every value that is wrong, at once', () => {
    const wrong = {
      ...service,
      id: 'Memory',
      probe_url: 'ftp://x',
      probe_timeout_ms: 60_000,
      autonomy: 'yes',
      replicas: 0,
      extra: 1,
    };
    const complaints = complaintsOf({ agents: [{ id: '', class: 'robot' }], services: [wrong] });
    for (const name of [
      'agents.0.id',
      'agents.0.class',
      'services.0.id',
      'services.0.probe_url',
      'services.0.probe_timeout_ms',
    ]) {
      expect(complaints).toContain(name);
    }
    for (const name of ['services.0.autonomy', 'services.0.replicas', 'extra']) expect(complaints).toContain(name);
    expect(complaintsOf({ agents: [agent], services: [{ ...service, replicas: 2 ** 31 }] })).toContain('services.0.replicas');
  });

  it.each(['', 'null', '[]', 'agents: [', 'text', 'agents: []'])('refuses %j as a whole', (content) => {
    expect(complaintsOf(content)).not.toBe('none');
  });

  it('says which file is not there', () => {
    expect(() => readCatalogueFile(join(dir, 'missing.yaml'))).toThrow(/missing\.yaml/);
  });
});
