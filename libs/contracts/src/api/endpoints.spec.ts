import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ENDPOINTS } from './endpoints.ts';
import { computeOpenApi } from './openapi.ts';

interface Operation {
  operationId: string;
  'x-role': string;
  security: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

const document = computeOpenApi('1.2.3') as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

describe('the OpenAPI document', () => {
  it('is of version 3.1 and says which release it describes', () => {
    expect([document.openapi, document.info.version]).toEqual(['3.1.0', '1.2.3']);
  });

  it('has every endpoint once, with a name of its own', () => {
    const named = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(named.toSorted()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ENDPOINTS.length);
  });

  it.each(operations)('$method $path declares exactly the parameters that its path names', ({ path, parameters }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(named);
    expect(parameters.every((parameter) => parameter.required === (parameter.in === 'path'))).toBe(true);
  });

  it.each(operations)('$method $path has schemas that compile', ({ parameters, requestBody, responses }) => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false });
    addFormats.default(ajv);
    const contents = [...Object.values(responses), ...(requestBody === undefined ? [] : [requestBody])];
    const bodies = contents.flatMap(({ content }) => Object.values(content).map(({ schema }) => schema));
    for (const schema of [...bodies, ...parameters.map(({ schema: own }) => own)]) expect(ajv.compile(schema)).toBeDefined();
  });

  it.each(operations)('$method $path answers problems as application/problem+json', ({ responses }) => {
    const problems = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    expect(problems.every(([, { content }]) => 'application/problem+json' in content)).toBe(true);
  });

  it.each(operations)('$method $path says who may, and what it answers to whoever may not', (operation) => {
    const isOpen = operation['x-role'] === 'anyone';
    expect(operation.security).toHaveLength(isOpen ? 0 : 2);
    // Whoever signs in needs no key to ask, and the one that they name may be none.
    expect(isOpen || '401' in operation.responses).toBe(true);
    if (operation.method !== 'get') expect(operation.responses).toMatchObject({ 403: {}, 415: {} });
  });
});
