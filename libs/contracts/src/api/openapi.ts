import { z } from 'zod';
import type { Endpoint, Parameter } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { LOG_ID_HEADER } from './log-id-header.ts';
import { ProblemSchema } from './page.schema.ts';

const DESCRIPTION = [
  'Follow, query, understand and steer what the orchestrator sees and does.',
  'Every answer names the log position that it reflects.',
  'Whoever asks for the server by another name than localhost, 127.0.0.1, [::1], its own address or one of ALLOWED_HOSTS gets 403.',
  'x-role says who may ask: viewer, analyst, sre, admin, each of whom may what the ones before may; an installation may let people without a key be viewer or analyst.',
].join(' ');

const SECURITY_SCHEMES = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: Authorization: Bearer zt_…' },
  session: { type: 'apiKey', in: 'cookie', name: 'zantara_session', description: 'What POST /api/session gives a browser.' },
};

/** The OpenAPI 3.1 document of the HTTP API. */
export function computeOpenApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: toOperation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Zantara Self-Healing',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: { securitySchemes: SECURITY_SCHEMES },
    paths,
  };
}

const toJsonSchema = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

/** Left out only while the database can't be asked. */
const API_HEADERS = {
  [LOG_ID_HEADER]: {
    description: 'Which log this is: positions of another one mean nothing here.',
    schema: toJsonSchema(z.guid()),
  },
};

const PROBLEMS: Readonly<Record<number, string>> = {
  401: 'Nobody known asks: no API key, or one that counts no longer.',
  403: 'Whoever asks may not.',
  404: 'There is no such thing.',
  409: 'It can not be done as things are; the detail says why.',
  415: 'The body is not application/json.',
  501: 'The past of this list is not kept.',
};

/** By method first, so that two operations of one path have names of their own. */
const operationIdOf = ({ method, path }: Endpoint): string => {
  const name = path.replaceAll(/[^a-z]+/g, '_').replaceAll(/^_|_$/g, '');
  return method === 'GET' ? name : `${method.toLowerCase()}_${name}`;
};

function toOperation(endpoint: Endpoint): object {
  const { path, summary, parameters, role, exportRole, body } = endpoint;
  return {
    operationId: operationIdOf(endpoint),
    summary,
    'x-role': role,
    ...(exportRole !== undefined && { 'x-export-role': exportRole }),
    security: role === 'anyone' ? [] : [{ apiKey: [] }, { session: [] }],
    parameters: parameters.map(toParameter),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(body) } } },
    }),
    responses: toResponses(endpoint, path.startsWith('/api/') ? { headers: API_HEADERS } : {}),
  };
}

const toParameter = ({ schema, ...parameter }: Parameter): object => ({
  ...parameter,
  required: parameter.in === 'path',
  schema: toJsonSchema(schema),
});

function toResponses({ method, role, answer, problems }: Endpoint, headers: object): object {
  const ofAccess = [...(role === 'anyone' ? [] : [401, 403]), ...(method === 'GET' ? [] : [403, 415])];
  const statuses = [...new Set([...problems, ...ofAccess])].toSorted((a, b) => a - b);
  return {
    200: { description: 'OK', ...headers, content: { [answer.mediaType]: { schema: toJsonSchema(answer.schema) } } },
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        {
          description: PROBLEMS[status] ?? 'The request is wrong; the detail says where.',
          ...headers,
          content: { 'application/problem+json': { schema: toJsonSchema(ProblemSchema) } },
        },
      ]),
    ),
  };
}
