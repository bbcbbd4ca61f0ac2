import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  agentInboxPrefix,
  AGENT_CLASSES,
  agentSubject,
  canonicalJson,
  commandSubject,
  computeAgentPermissions,
  computeFeedReaderPermissions,
  computeFingerprint,
  computeOrchestratorPermissions,
  controlSubject,
  everyFeedSubject,
  FAILURE_CODES,
  HEADERS,
  type JsonValue,
  logHeadSubject,
  MESSAGE_KINDS,
  receiptSubject,
  REFUSAL_CODES,
  signingBytes,
} from '#libs/contracts';
import { CHANNELS, computeMessageSchema, computeOpenApi, PUBLISHED_MESSAGES, WIRE_MESSAGES } from '#libs/contracts/schemas';
import { commandConsumer, computeStreamDefinitions, intakeConsumer } from '#libs/messaging';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { listFiles, readText } from '../repository/repository-files.ts';

/*
 * What others rely on: agents in other languages, stored data, dashboards. A change here is a change for them. If it is meant,
 * write the snapshot anew with `npm test -- --selectProjects unit -- test/contracts-snapshot -u`, and tell it in CHANGELOG.md.
 */
const TENANT = 'main';
const AGENT = { tenant: TENANT, agentClass: 'service', agentId: 'memory-agent' } as const;

const sha256Hex = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

describe('the contracts', () => {
  it.each(PUBLISHED_MESSAGES)('the schema of $name changes only on purpose', (message) => {
    expect(computeMessageSchema(message)).toMatchSnapshot();
  });

  it('subjects change only on purpose', () => {
    expect({
      agent: AGENT_CLASSES.flatMap((agentClass) => MESSAGE_KINDS.map((kind) => agentSubject({ ...AGENT, agentClass }, kind))),
      command: commandSubject(TENANT, AGENT.agentId),
      receipt: receiptSubject(TENANT, AGENT.agentId),
      control: controlSubject(TENANT),
      logHead: logHeadSubject(TENANT),
      feeds: everyFeedSubject(TENANT),
      inbox: agentInboxPrefix(AGENT.agentId),
      channels: CHANNELS,
    }).toMatchSnapshot();
  });

  it('streams and consumers change only on purpose', () => {
    const intake = (['reports', 'results', 'signals'] as const).map((stream) => intakeConsumer(TENANT, stream));
    const consumers = [...intake, commandConsumer(TENANT, AGENT.agentId)];
    expect({ streams: computeStreamDefinitions(TENANT), consumers }).toMatchSnapshot();
  });

  it('permissions change only on purpose', () => {
    expect({
      agent: computeAgentPermissions(AGENT),
      feedReader: computeFeedReaderPermissions(TENANT),
      orchestrator: computeOrchestratorPermissions(TENANT),
    }).toMatchSnapshot();
  });

  it('headers and the reasons of refusals and failures change only on purpose', () => {
    expect({ headers: HEADERS, refusals: REFUSAL_CODES, failures: FAILURE_CODES }).toMatchSnapshot();
  });

  it('the HTTP API changes only on purpose', () => {
    expect(computeOpenApi('0')).toMatchSnapshot();
  });

  it('stream names in the log change only on purpose', () => {
    const names = Object.entries(logStreams).map(([key, name]) => [key, typeof name === 'function' ? name('x', 0) : name]);
    expect(Object.fromEntries(names)).toMatchSnapshot();
  });

  it('fingerprints, canonical JSON and signed bytes change only on purpose', () => {
    const command = WIRE_MESSAGES.find(({ name }) => name === 'command')?.example ?? {};
    const encoder = new TextEncoder();
    const body = canonicalJson(command);
    expect({
      fingerprint: computeFingerprint(
        {
          id: '01900000-0000-7000-8000-000000000001',
          timestamp: '2026-01-01T00:00:00Z',
          source: 'backend-memory',
          type: 'network',
          severity: 'high',
          data: { exception_type: 'TypeError', message: 'timeout after 31 ms for user 7' },
          context: {},
        },
        sha256Hex,
      ),
      body,
      signed: sha256Hex(signingBytes(encoder.encode(commandSubject(TENANT, AGENT.agentId)), encoder.encode(body))),
    }).toMatchSnapshot();
  });

  it('samples of events change only on purpose', () => {
    const samples = listFiles('test/event-samples', (path) => path.endsWith('.json')).map((path) => {
      const sample: JsonValue = JSON.parse(readText(path)) as JsonValue;
      return [path, sha256Hex(canonicalJson(sample)).slice(0, 16)];
    });
    expect(Object.fromEntries(samples)).toMatchSnapshot();
  });
});
