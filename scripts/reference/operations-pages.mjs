import { code, page, table } from './markdown.mjs';

const metricRows = (metrics) =>
  metrics.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(', '), help]);
const METRIC_HEAD = ['Metric', 'Type', 'Labels', 'Meaning'];

export const metricsPage = ({ orchestrator, agent }) =>
  page(
    'Metrics',
    'In the text format of Prometheus. The orchestrator also tells the usual figures of a Node process (`process_*`, `nodejs_*`).',
    '## Orchestrator, `GET /metrics`',
    table(METRIC_HEAD, metricRows(orchestrator)),
    '## Service agent, `GET /metrics` on its `local_endpoint`',
    table(METRIC_HEAD, metricRows(agent)),
  );

function defaultText({ isRequired, value }) {
  if (isRequired) return 'must be set';
  return value === '' ? '' : code(value);
}

const variableRows = (variables, readByOrchestrator) =>
  variables.map((variable) => [
    code(variable.name),
    defaultText(variable),
    readByOrchestrator.has(variable.name) ? 'yes' : '',
    variable.meaning,
  ]);

export const environmentPage = (sections, orchestratorVariables) => {
  const readByOrchestrator = new Set(orchestratorVariables);
  return page(
    'Environment variables',
    'From [`.env.example`](../../.env.example). `npm start` sets those of the orchestrator by itself. The service agent has a configuration file instead.',
    ...sections.flatMap(({ title, variables }) => [
      `## ${title}`,
      table(['Variable', 'Unless told', 'Orchestrator', 'Meaning'], variableRows(variables, readByOrchestrator)),
    ]),
  );
};

const strategyRows = (strategies) =>
  strategies.map(({ id, facts, attempts, verification }) => [
    code(id),
    facts.risk,
    facts.reversal,
    facts.evidence,
    attempts.maxAttempts,
    attempts.hopelessReasonCodes.map(code).join(', '),
    `${verification.maxWindowMs / 1000} s, a probe every ${verification.probeIntervalMs / 1000} s`,
  ]);

const STRATEGY_HEAD = ['Strategy', 'Risk', 'Reversal', 'Least evidence', 'Attempts', 'Hopeless after', 'Checked within'];

export const decidingPage = ({ rules, rulesVersion, strategies, guards, limits }) =>
  page(
    'Rules, guards, strategies',
    `## Rules (${code(rulesVersion)})`,
    'What is tried for which symptom. A strategy that is not in the registry below never acts; the decision says `strategy-not-available`.',
    table(
      ['Rule', 'Symptom', 'Strategies', 'Available', 'Escalates when'],
      rules.map(({ id, symptom, strategies: ids, escalatesWhen }) => [
        code(id),
        symptom,
        ids.map(code).join(', '),
        ids.some((wanted) => strategies.some((strategy) => strategy.id === wanted)) ? 'yes' : 'not yet',
        escalatesWhen,
      ]),
    ),
    '## Guards',
    `Asked in this order before a fix is commanded; one objection is enough: ${guards.map(({ name }) => code(name)).join(', ')}.`,
    '## Settings',
    'What the guards go by where no person has set anything else: `zantara policy set`, `POST /api/policy`, or `policy` in the file of the catalogue.',
    table(
      ['Setting', 'Default', 'Set for', 'Means'],
      limits.map(({ name, value, about, isOfFleet }) => [
        code(name),
        String(value),
        isOfFleet ? '`global` only' : 'any scope',
        about,
      ]),
    ),
    '## Strategies',
    table(STRATEGY_HEAD, strategyRows(strategies)),
  );
