// The program behind npm run screenshots, which gives it a folder of its own as TMPDIR and ends what is left there.
import { spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { log, root } from '../bootstrap.mjs';
import { freePort } from '../infra/ports.mjs';
import { SERVICES } from '../launcher/example-services.mjs';
import { findRunning } from '../launcher/run-file.mjs';

const FOLDER = join(root, 'docs/images');
const SIZE = { width: 1280, height: 800 };
/** They come along with every clone. */
const MAX_BYTES = 200 * 1024;
const BROKEN = ['memory', 'rag'];
const CLEAN_PROBES = 3;

async function until(what, isSo, withinMs = 60_000) {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await isSo();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(100);
  }
}

async function startExample(env) {
  const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    const url = await until('the example is up', () => findRunning(env.ZANTARA_STATE_DIR)?.api_url, 120_000);
    await until('every service is healthy', () => isHealthy(url), 120_000);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const ask = async (url, path) => (await fetch(`${url}${path}`)).json();

async function isHealthy(url) {
  const { items = [] } = await ask(url, '/api/services').catch(() => ({}));
  return SERVICES.every(({ role }) => items.some(({ service_id: id, state }) => id === role && state === 'healthy'));
}

/** @returns the id of the incident that follows */
async function breakService(url, service, env) {
  const { items: before } = await ask(url, `/api/incidents?service=${service}&limit=1`);
  const run = spawnSync(process.execPath, ['scripts/break.mjs', 'service-down', '--service', service], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error(`${service} could not be broken`);
  return until('the incident is there', async () => {
    const { items } = await ask(url, `/api/incidents?service=${service}&limit=1`);
    return items[0]?.incident_id === before[0]?.incident_id ? undefined : items[0]?.incident_id;
  });
}

const stateIs = (url, id, state) => async () => (await ask(url, `/api/incidents/${id}`)).state === state;

async function hasCleanProbes(url, id) {
  const { timeline } = await ask(url, `/api/incidents/${id}`);
  return timeline.filter(({ type, data }) => type === 'ProbeObserved' && data.ok).length >= CLEAN_PROBES;
}

async function openPage(browser, address, colorScheme) {
  const page = await browser.newPage({ viewport: SIZE, colorScheme });
  await page.goto(address);
  await page.getByText('live', { exact: true }).waitFor();
  await page.locator('.incident, .timeline').first().waitFor();
  return page;
}

async function save(page, name) {
  const path = join(FOLDER, name);
  await page.screenshot({ path });
  const { size } = statSync(path);
  log(`docs/images/${name}: ${Math.ceil(size / 1024)} KB`);
  if (size > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES} bytes`);
}

async function takePictures(browser, url, env) {
  const first = await breakService(url, BROKEN[0], env);
  await until('the first one is healed', stateIs(url, first, 'resolved'));
  const light = await openPage(browser, url, 'light');
  const second = await breakService(url, BROKEN[1], env);
  await until('it is being checked', () => hasCleanProbes(url, second));
  await light.locator('.live-fix').waitFor();
  await save(light, 'dashboard-light.png');
  await until('the second one is healed', stateIs(url, second, 'resolved'));
  const dark = await openPage(browser, url, 'dark');
  await dark.getByRole('heading', { level: 1, name: 'healthy' }).waitFor();
  await save(dark, 'dashboard-dark.png');
  await save(await openPage(browser, `${url}/incidents/${second}`, 'light'), 'incident.png');
}

const { startBrowser } = await import(join(root, 'dist/libs/testing/src/browser/chromium.js'));
const env = { ...process.env, ZANTARA_STATE_DIR: join(tmpdir(), 'state'), PORT: String(await freePort()) };
const example = await startExample(env);
try {
  const browser = await startBrowser();
  try {
    await takePictures(browser, example.url, env);
  } finally {
    await browser.close();
  }
} finally {
  await example.stop();
}
