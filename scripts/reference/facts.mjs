import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../bootstrap.mjs';

/** What is behind no door of a library is read from what was built: the documents show it, no program imports it. */
const built = (path) => import(pathToFileURL(join(root, 'dist', path)).href);

const EXAMPLE = { tenant: 'main', agentClass: 'service', agentId: 'memory-agent' };

export async function readNatsFacts() {
  const contracts = await import('#libs/contracts');
  const { CHANNELS, PUBLISHED_MESSAGES } = await import('#libs/contracts/schemas');
  const { commandConsumer, computeStreamDefinitions, intakeConsumer } = await import('#libs/messaging');
  return {
    channels: CHANNELS,
    messages: PUBLISHED_MESSAGES,
    headers: contracts.HEADERS,
    logHead: contracts.logHeadSubject(EXAMPLE.tenant),
    streams: computeStreamDefinitions(EXAMPLE.tenant),
    consumers: [
      ...['reports', 'results', 'signals'].map((stream) => intakeConsumer(EXAMPLE.tenant, stream)),
      commandConsumer(EXAMPLE.tenant, EXAMPLE.agentId),
    ],
    agent: contracts.computeAgentPermissions(EXAMPLE),
    feedReader: contracts.computeFeedReaderPermissions(EXAMPLE.tenant),
    eventFeeds: (await built('src/feed/event-feeds.js')).EVENT_FEEDS,
    orchestrator: contracts.computeOrchestratorPermissions(EXAMPLE.tenant),
  };
}

const toMetric = ({ name, type, help }, labels) => ({ name, type, help, labels });

async function listMetrics(registry) {
  const metrics = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => name.startsWith('zantara_'))
    .map((metric) => toMetric(metric, [...(registry.getSingleMetric(metric.name).labelNames ?? [])]))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export async function readMetricFacts() {
  const { Metrics } = await built('src/platform/metrics/metrics.js');
  const { AgentMetrics } = await built('libs/service-agent/src/boot/agent-metrics.js');
  const agent = new AgentMetrics();
  agent.watchOutbox({ statistics: () => ({ items: 0, bytes: 0, dropped: 0 }) });
  return { orchestrator: await listMetrics(new Metrics().registry), agent: await listMetrics(agent.registry) };
}

export async function readDecidingFacts() {
  const { RULE_TABLE, RULES_VERSION } = await built('src/decisions/rule-table.js');
  const { GUARDS } = await built('src/healing/guards/guard-list.js');
  const { STRATEGIES } = await import('#libs/fix-strategies');
  const { FLEET_LIMITS, LIMIT_MEANINGS, SAFE_LIMITS } = await built('src/healing/policy/policy-settings.js');
  const limits = Object.entries(SAFE_LIMITS).map(([name, value]) => ({
    name,
    value,
    about: LIMIT_MEANINGS[name],
    isOfFleet: FLEET_LIMITS.has(name),
  }));
  return { rules: RULE_TABLE, rulesVersion: RULES_VERSION, guards: GUARDS, strategies: STRATEGIES, limits };
}

export const readLogStreams = async () => (await built('src/platform/log/stream-names.js')).logStreams;
export const readReadModels = async () => (await built('src/read-models.js')).READ_MODELS;
export const readOrchestratorVariables = async () => (await built('src/platform/config/configuration.js')).ENVIRONMENT_VARIABLES;
export const readCliExits = async () => (await built('apps/cli/src/exit-codes.js')).EXIT;
export async function readReasonCodes() {
  const { FAILURE_CODES, REFUSAL_CODES } = await import('#libs/contracts');
  return { refusals: REFUSAL_CODES, failures: FAILURE_CODES };
}
export const readVersion = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
