import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { computeOpenApi, ENDPOINTS } from './endpoints.ts';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

const document = computeOpenApi('1.2.3') as {
  openapi: string;
  info: { version: string };
  paths: Record<string, { get: Operation }>;
};
const operations = Object.entries(document.paths).map(([path, { get }]) => ({ path, ...get }));

describe('the OpenAPI document', () => {
  it('is of version 3.1 and says which release it describes', () => {
    expect([document.openapi, document.info.version]).toEqual(['3.1.0', '1.2.3']);
  });

  it('has every endpoint once, with a name of its own', () => {
    expect(operations.map(({ path }) => path)).toEqual(ENDPOINTS.map(({ path }) => path));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ENDPOINTS.length);
  });

  it.each(operations)('$path declares exactly the parameters that its path names', ({ path, parameters }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(named);
    expect(parameters.every((parameter) => parameter.required === (parameter.in === 'path'))).toBe(true);
  });

  it.each(operations)('$path has schemas that compile', ({ parameters, responses }) => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false });
    addFormats.default(ajv);
    const bodies = Object.values(responses).flatMap(({ content }) => Object.values(content).map(({ schema }) => schema));
    for (const schema of [...bodies, ...parameters.map(({ schema: own }) => own)]) expect(ajv.compile(schema)).toBeDefined();
  });

  it.each(operations)('$path answers problems as application/problem+json', ({ responses }) => {
    const problems = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    expect(problems.every(([, { content }]) => 'application/problem+json' in content)).toBe(true);
  });
});
