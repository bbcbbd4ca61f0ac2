const { readFileSync } = require('node:fs');
const { parseConfigFileTextToJson } = require('typescript');

// Which may import which. Imports point down only:
//   level 0  contracts, migrations          level 3  src, apps
//   level 1  event-store, messaging,        level 4  test, scripts, bench (may import anything),
//            fix-strategies, agent-core              examples, libs/testing
//   level 2  browser-agent, service-agent

const SPEC = String.raw`\.(spec|e2e-spec)\.ts$`;
/** Code that exists only for tests or for people at work, so it may look everywhere. */
const BENCH = '^(test|scripts|bench|tools)/';
const PAGE = '^apps/dashboard/';
const TESTING = '^libs/testing/';
const DOOR = String.raw`(index|schemas|nest|suites)\.ts$`;
/** What signs, sends or relays to agents, and every module that has such a thing in it. */
const COMMANDING = [
  String.raw`^src/.*(signer|signing|relay|publisher|heartbeat|command-message)[^/]*\.ts$`,
  String.raw`^src/(app|healing/healing|feed/feed|read-side/[^/]+|platform/platform)\.module\.ts$`,
  String.raw`^src/platform/foundation\.ts$`,
];
const PROJECTION = String.raw`^src/([^/]+)/.*\.projection\.ts$`;

/** The files of features that are pure, as .oxlintrc.json lists them, so that both tools hold the same ones. */
function readPureFeatureFiles() {
  const text = readFileSync(`${__dirname}/.oxlintrc.json`, 'utf8');
  const { overrides } = parseConfigFileTextToJson('.oxlintrc.json', text).config;
  const { files } = overrides.find(({ rules }) => 'zantara/pure-core' in rules);
  return files.filter((glob) => /^(\*\*|src)\//.test(glob) && !glob.endsWith('.projection.ts')).map(toFeaturePattern);
}

/** `src/healing/saga/{fix-saga,fix-steps}.ts` → `^src/(healing)/saga/(fix-saga|fix-steps)\.ts$`, with the feature as the first group. */
function toFeaturePattern(glob) {
  const [, feature = '[^/]+', rest] = /^(?:\*\*|src\/([^/]+))\/(.+)$/.exec(glob);
  const pattern = rest
    .replaceAll('.', String.raw`\.`)
    .replace(/\{(.+)\}/, (_, names) => `(${names.replaceAll(',', '|')})`)
    .replace(/(\*\*\/)?\*/, '.*');
  return `^src/(${feature})/${pattern}$`;
}

const PURE_FEATURE_FILES = readPureFeatureFiles();
/** Turns messages into events, by the validators, the redaction and the cleaning of text, which are pure as well. */
const BORDER_OF_INTAKE = String.raw`^src/intake/report-intake\.ts$`;

/** Only `allowed` of our own code may be imported by `from`; npm packages are another rule's business. */
const mayImportOnly = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: [SPEC] },
  to: { path: '^(src|libs|apps|examples|migrations|test|scripts|bench|tools)/', pathNot: allowed },
});

const levels = [
  mayImportOnly('contracts-know-nothing-of-ours', 'contracts are level 0', '^libs/contracts/', ['^libs/contracts/']),
  mayImportOnly('migrations-know-nothing-of-ours', 'history must not change when code does', '^migrations/', ['^migrations/']),
  mayImportOnly(
    'level-one-imports-contracts',
    'event-store, messaging, fix-strategies and agent-core may import contracts',
    '^libs/(event-store|messaging|fix-strategies|agent-core)/',
    ['^libs/$1/', '^libs/contracts/'],
  ),
  mayImportOnly('browser-agent-imports-down', 'browser-agent is level 2', '^libs/browser-agent/', [
    '^libs/browser-agent/',
    '^libs/agent-core/',
    String.raw`^libs/contracts/src/index\.ts$`,
    '^libs/fix-strategies/',
  ]),
  {
    name: 'browser-agent-takes-types-of-strategies',
    comment: 'no strategy code in a page',
    severity: 'error',
    from: { path: '^libs/browser-agent/', pathNot: [SPEC] },
    to: { path: '^libs/fix-strategies/', dependencyTypesNot: ['type-only'] },
  },
  mayImportOnly('service-agent-imports-down', 'service-agent is level 2', '^libs/service-agent/', [
    '^libs/service-agent/',
    '^libs/(agent-core|contracts|messaging|fix-strategies)/',
  ]),
  mayImportOnly('src-imports-down', 'the orchestrator knows agents only by their messages', '^src/', [
    '^src/',
    '^libs/(contracts|event-store|messaging|fix-strategies|agent-core)/',
    '^migrations/',
  ]),
  {
    name: 'only-the-database-imports-migrations',
    comment: 'src/platform/database runs them',
    severity: 'error',
    from: { path: '^src/', pathNot: ['^src/platform/database/', SPEC] },
    to: { path: '^migrations/' },
  },
  mayImportOnly('apps-import-contracts', 'apps reach the orchestrator over HTTP', '^apps/([^/]+)/', [
    '^apps/$1/',
    '^libs/contracts/',
  ]),
  {
    name: 'page-takes-the-main-door',
    comment: 'schemas weigh more than the whole page',
    severity: 'error',
    from: { path: `${PAGE}src/`, pathNot: SPEC },
    to: { path: '^libs/', pathNot: String.raw`^libs/contracts/src/index\.ts$` },
  },
  mayImportOnly('examples-import-agents', 'examples show what a user would write', '^examples/', [
    '^examples/',
    '^libs/(service-agent|browser-agent)/',
  ]),
  mayImportOnly('testing-imports-libraries', 'libs/testing may import any library and the migrations', TESTING, [
    '^libs/',
    '^migrations/',
    '^scripts/',
  ]),
  mayImportOnly(
    'log-checker-shares-no-code',
    'its laws are written from the promises: code that it shared would agree with itself also where it is wrong',
    String.raw`^libs/testing/src/log-checker/(laws/)?[^/]+\.ts$`,
    ['^libs/testing/src/log-checker/', String.raw`^libs/contracts/src/index\.ts$`],
  ),
  {
    name: 'nobody-imports-src-or-apps',
    comment: 'programs are not libraries',
    severity: 'error',
    from: { pathNot: [BENCH, '^src/', '^apps/'] },
    to: { path: '^(src|apps)/' },
  },
];

const doors = [
  {
    name: 'libraries-through-their-door',
    comment: 'from outside a library only its doors: index, schemas, nest, suites',
    severity: 'error',
    from: { pathNot: '^libs/' },
    to: { path: '^libs/[^/]+/', pathNot: `^libs/[^/]+/src/${DOOR}` },
  },
  {
    name: 'libraries-through-their-door-from-libraries',
    comment: 'from another library only its doors: index, schemas, nest, suites',
    severity: 'error',
    from: { path: '^libs/([^/]+)/' },
    to: { path: '^libs/', pathNot: ['^libs/$1/', `^libs/[^/]+/src/${DOOR}`] },
  },
  {
    name: 'doors-are-for-outside',
    comment: 'files inside a library import each other directly',
    severity: 'error',
    from: { path: '^libs/([^/]+)/src/', pathNot: [SPEC, `^libs/[^/]+/src/${DOOR}`] },
    to: { path: `^libs/$1/src/${DOOR}` },
  },
  {
    name: 'main-door-without-nest',
    comment: 'whoever takes index.ts gets no Nest: that is what nest.ts is for',
    severity: 'error',
    from: { path: String.raw`^libs/[^/]+/src/(index|schemas)\.ts$`, pathNot: TESTING },
    to: { path: 'node_modules/@nestjs/', reachable: true },
  },
  {
    name: 'agents-without-nest',
    comment: 'agents run beside or inside foreign programs',
    severity: 'error',
    from: { path: '^libs/(agent-core|browser-agent|service-agent|fix-strategies|contracts)/' },
    to: { path: ['node_modules/@nestjs/', String.raw`^libs/[^/]+/src/nest\.ts$`] },
  },
];

const features = [
  {
    name: 'platform-imports-no-feature',
    comment: 'features stand on the platform',
    severity: 'error',
    from: { path: '^src/platform/', pathNot: SPEC },
    to: { path: '^src/', pathNot: '^src/platform/' },
  },
  {
    name: 'features-through-module-or-service',
    comment: 'values of another feature only from its *.module.ts or *.service.ts; its types from anywhere but its internals',
    severity: 'error',
    from: { path: '^src/([^/]+)/', pathNot: [SPEC, '^src/platform/'] },
    to: {
      path: '^src/[^/]+/',
      pathNot: ['^src/($1|platform)/', String.raw`\.(module|service)\.ts$`],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'features-keep-their-internals',
    comment: 'not even the types of a decider, projection, controller, consumer or row of another feature',
    severity: 'error',
    from: { path: '^src/([^/]+)/', pathNot: SPEC },
    to: {
      path: String.raw`^src/[^/]+/.*\.(decider|projection|controller|consumer|row|entity)\.ts$`,
      pathNot: ['^src/($1|platform)/'],
    },
  },
  {
    name: 'nobody-imports-an-entry',
    comment: 'main files are started, not imported',
    severity: 'error',
    from: { path: '^src/', pathNot: SPEC },
    to: { path: String.raw`^src/((operator|read-side)\.)?main\.ts$` },
  },
  ...PURE_FEATURE_FILES.map((path, index) => ({
    name: `pure-core-imports-types-and-contracts-${index + 1}`,
    comment: 'deciders and evolve functions: their own module, contracts and the pure strategies',
    severity: 'error',
    from: { path, pathNot: [SPEC, BORDER_OF_INTAKE] },
    to: {
      path: '.+',
      pathNot: ['^src/$1/', String.raw`^libs/(contracts|fix-strategies)/src/index\.ts$`],
      dependencyTypesNot: ['type-only'],
    },
  })),
  {
    name: 'projections-import-types-and-contracts',
    comment: 'a projection: its own module, contracts and what the platform says a projection is',
    severity: 'error',
    from: { path: PROJECTION, pathNot: SPEC },
    to: {
      path: '.+',
      pathNot: ['^src/$1/', String.raw`^libs/contracts/src/index\.ts$`, '^src/platform/(log|projections)/'],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'pure-core-away-from-edges',
    comment: 'a decider knows no service, no transport, no table',
    severity: 'error',
    from: { path: [...PURE_FEATURE_FILES, PROJECTION], pathNot: SPEC },
    to: { path: String.raw`\.(module|service|controller|consumer|relay|runner|row|entity)\.ts$` },
  },
  {
    name: 'operator-cannot-command',
    comment: 'replay, export and what-if must not be able to sign or publish a command',
    severity: 'error',
    from: { path: String.raw`^src/operator\.main\.ts$` },
    to: { path: COMMANDING, reachable: true },
  },
];

const platforms = [
  {
    name: 'no-node-in-portable-libraries',
    comment: 'contracts, agent-core, fix-strategies, browser-agent and the page run where there is no Node',
    severity: 'error',
    from: { path: ['^libs/(contracts|agent-core|fix-strategies|browser-agent)/', `${PAGE}src/`], pathNot: SPEC },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'contracts-import-schema-libraries',
    comment: 'contracts carry no other package',
    severity: 'error',
    from: { path: '^libs/contracts/', pathNot: SPEC },
    to: { path: 'node_modules/', pathNot: 'node_modules/(zod|ajv|ajv-formats)/' },
  },
  {
    name: 'migrations-import-the-interface',
    comment: 'raw SQL needs the migration interface only',
    severity: 'error',
    from: { path: '^migrations/', pathNot: SPEC },
    to: { path: '.+', pathNot: ['^migrations/', 'node_modules/typeorm/'] },
  },
];

const tests = [
  {
    name: 'tests-are-not-imported',
    comment: 'code never imports a test',
    severity: 'error',
    from: { pathNot: [SPEC, BENCH] },
    to: { path: [SPEC, '^(test|bench)/'] },
  },
  {
    name: 'testing-is-for-tests',
    comment: 'libs/testing is imported from specs, test, scripts and bench',
    severity: 'error',
    from: { pathNot: [SPEC, BENCH, TESTING] },
    to: { path: TESTING },
  },
];

const hygiene = [
  { name: 'no-cycles', comment: 'imports point one way', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'resolvable',
    comment: 'every import leads somewhere; what the peers of the benchmark need is installed when they are measured',
    severity: 'error',
    // The other one starts what is built, and what that is nobody knows before.
    from: { pathNot: ['^bench/peers/', '^test/upgrade/newer-release'] },
    to: { couldNotResolve: true },
  },
  {
    name: 'declared-packages',
    comment: 'a package that is imported is listed in package.json',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'] },
  },
  {
    name: 'production-packages',
    comment: 'the image has no devDependencies',
    severity: 'error',
    // The page is bundled when the image is built.
    from: { path: '^(src|libs|apps|migrations|examples)/', pathNot: [SPEC, TESTING, PAGE] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...levels, ...doors, ...features, ...platforms, ...tests, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.zantara)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: false,
  },
};
