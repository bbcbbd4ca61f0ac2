import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { recordingProvisioner } from '../../test/builders/healing-parts.ts';
import { buildLog, readWhole } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { CatalogueService } from './catalogue.service.ts';

const log = (): ReturnType<typeof buildLog> => buildLog(new ManualClock());
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-catalogue-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function writeCatalogue(autonomy: string, services = ['memory']): string {
  const file = join(dir, 'catalogue.yaml');
  const entries = services.map((id) => ({ id, probe_url: 'http://127.0.0.1:1/', owner_agent: 'memory-agent', autonomy }));
  writeFileSync(file, stringify({ agents: [{ id: 'memory-agent', class: 'service' }], services: entries }));
  return file;
}

async function start(on: ReturnType<typeof buildLog>, CATALOGUE_FILE?: string) {
  const provisioner = recordingProvisioner();
  const service = new CatalogueService(on, buildConfiguration({ CATALOGUE_FILE }), provisioner);
  await service.onModuleInit();
  return { service, provisioner };
}
const typesIn = async (on: ReturnType<typeof buildLog>): Promise<string[]> => (await readWhole(on)).map(({ type }) => type);

describe('the catalogue at start', () => {
  it('takes the file over as events, once', async () => {
    const on = log();
    const file = writeCatalogue('auto');
    await start(on, file);
    await start(on, file);
    expect(await typesIn(on)).toEqual(['AgentRegistered', 'ServiceRegistered']);
  });

  it('takes over what changed since, and what is gone', async () => {
    const on = log();
    await start(on, writeCatalogue('auto', ['memory', 'rag']));
    const { service } = await start(on, writeCatalogue('off'));
    expect((await typesIn(on)).slice(3)).toEqual(['ServiceChanged', 'ServiceRetired']);
    expect(service.findService('memory')?.autonomy).toBe('off');
    expect(service.findService('rag')).toBeUndefined();
  });

  it('goes by its events where there is no file', async () => {
    const on = log();
    await start(on, writeCatalogue('auto'));
    const { service, provisioner } = await start(on);
    expect(service.servicesOf('memory-agent').map(({ id }) => id)).toEqual(['memory']);
    expect(service.servicesOf('somebody-else')).toEqual([]);
    expect(service.agents()).toEqual([{ id: 'memory-agent', agentClass: 'service' }]);
    expect(provisioner.added).toHaveLength(1);
  });

  it('comes to the same when two start together', async () => {
    const on = log();
    const file = writeCatalogue('auto');
    const started = await Promise.all([start(on, file), start(on, file)]);
    expect(await typesIn(on)).toEqual(['AgentRegistered', 'ServiceRegistered']);
    expect(started.map(({ service }) => service.findService('memory')?.id)).toEqual(['memory', 'memory']);
  });

  it('stores nothing of a file that is wrong', async () => {
    const on = log();
    writeFileSync(join(dir, 'wrong.yaml'), 'agents: 7');
    await expect(start(on, join(dir, 'wrong.yaml'))).rejects.toMatchObject({ code: 'invalid-catalogue' });
    expect(await typesIn(on)).toEqual([]);
  });
});
