// npm run reference: writes docs/reference from the code. With --check it only says whether the files are up to date.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { checkNode, ensureBuild, ensureDeps, root } from './bootstrap.mjs';
import { codesPage } from './reference/codes-page.mjs';
import { parseEnvironmentExample } from './reference/environment.mjs';
import { readErrorClasses } from './reference/error-classes.mjs';
import { readEventTypes } from './reference/event-types.mjs';
import { eventSchemas, eventsPage } from './reference/events-page.mjs';
import { exitCodes } from './reference/exit-codes.mjs';
import {
  readCliExits,
  readDecidingFacts,
  readLogStreams,
  readMetricFacts,
  readNatsFacts,
  readOrchestratorVariables,
  readReadModels,
  readReasonCodes,
  readVersion,
} from './reference/facts.mjs';
import { natsPage } from './reference/nats-page.mjs';
import { decidingPage, environmentPage, metricsPage } from './reference/operations-pages.mjs';
import { readModelsPage } from './reference/read-models-page.mjs';
import { computeSigningVector } from './reference/signing-vector.mjs';

const TARGET = 'docs/reference';
const CODE = ['src', 'libs', 'apps'];

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const byName = (a, b) => (a < b ? -1 : 1);

function listFiles(folder, accepts) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return listFiles(path, accepts);
      return accepts(path) ? [path] : [];
    })
    .toSorted(byName);
}

async function computeWireFiles() {
  const { canonicalJson, commandSubject, signingBytes } = await import('#libs/contracts');
  const { computeAsyncApi, computeMessageSchema, computeOpenApi, PUBLISHED_MESSAGES, WIRE_MESSAGES } =
    await import('#libs/contracts/schemas');
  const command = WIRE_MESSAGES.find(({ name }) => name === 'command').example;
  const vector = computeSigningVector({
    subject: commandSubject('main', command.agent_id),
    body: canonicalJson(command),
    signingBytes,
  });
  return {
    ...Object.fromEntries(
      PUBLISHED_MESSAGES.map((message) => [`schemas/${message.name}.schema.json`, json(computeMessageSchema(message))]),
    ),
    'asyncapi.yaml': stringify(computeAsyncApi(readVersion()), { lineWidth: 0, aliasDuplicateObjects: false }),
    'openapi.json': json(computeOpenApi(readVersion())),
    'signing-example.json': json(vector),
  };
}

async function computeFiles() {
  const isCode = (path) => path.endsWith('.ts') && !/\.(spec|e2e-spec)\.ts$/.test(path);
  const events = readEventTypes({
    root,
    files: listFiles('src', (path) => path.endsWith('.events.ts')),
    logStreams: await readLogStreams(),
  });
  const errors = readErrorClasses(
    root,
    CODE.flatMap((folder) => listFiles(folder, isCode)),
  );
  const sections = parseEnvironmentExample(readFileSync(join(root, '.env.example'), 'utf8'));
  return {
    ...(await computeWireFiles()),
    'events.schema.json': json(eventSchemas(events)),
    'events.md': eventsPage(events),
    'nats.md': natsPage(await readNatsFacts()),
    'environment.md': environmentPage(sections, await readOrchestratorVariables()),
    'read-models.md': readModelsPage((await import('#libs/contracts')).VIEWS, await readReadModels()),
    'metrics.md': metricsPage(await readMetricFacts()),
    'deciding.md': decidingPage(await readDecidingFacts()),
    'codes.md': codesPage({ exits: exitCodes(await readCliExits()), errors, ...(await readReasonCodes()) }),
  };
}

const written = () => listFiles(TARGET, () => true).map((path) => path.slice(TARGET.length + 1));
const read = (name) => (existsSync(join(root, TARGET, name)) ? readFileSync(join(root, TARGET, name), 'utf8') : undefined);

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, TARGET, name)), { recursive: true });
    if (read(name) !== text) writeFileSync(join(root, TARGET, name), text);
  }
  for (const name of written().filter((path) => !(path in files))) rmSync(join(root, TARGET, name));
}

checkNode();
await ensureDeps();
await ensureBuild();
const files = await computeFiles();
const stale = [...new Set([...Object.keys(files), ...written()])].filter((name) => read(name) !== files[name]).toSorted(byName);
if (!process.argv.includes('--check')) write(files);
else if (stale.length > 0) {
  process.stderr.write(`${TARGET} is out of date: ${stale.join(', ')}\nWrite it anew with: npm run reference\n`);
  process.exit(1);
}
