import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from '../bootstrap.mjs';
import { startNats } from '../infra/nats.mjs';
import { ensureNkey } from '../infra/nkeys.mjs';
import { startPostgres } from '../infra/postgres.mjs';
import { stopPid } from '../infra/process.mjs';
import { renderBanner } from './banner.mjs';
import { ecosystemAgents, prepareEcosystem, startEcosystem } from './ecosystem.mjs';
import { chooseHttpPort } from './http-port.mjs';
import { LauncherError } from './options.mjs';
import { answers, ORCHESTRATOR_FLAGS, startProgram, startTogether } from './programs.mjs';
import { writeRunFile } from './run-file.mjs';

const TENANT = 'main';

/** There whoever asks is at this machine, and may look around without a key: unless something else passes their requests on. */
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** What the log tools need in order to find this log. The file in which it is written down is for its owner only. */
const selectLogSettings = (env) =>
  Object.fromEntries(
    ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'NATS_URL', 'NATS_NKEY_SEED_FILE', 'ANCHOR_FILE', 'TENANT'].flatMap((name) =>
      env[name] ? [[name, env[name]]] : [],
    ),
  );

/** Starts everything, part by part; each part that starts is stopped again, in reverse order, by `stop`. */
export class Launcher {
  #stops = [];
  #run = { launcher_pid: process.pid, started_at: new Date().toISOString(), pids: {} };

  constructor({ stateDir, env, log, signal }) {
    this.signal = signal;
    this.stateDir = stateDir;
    this.keyDir = join(stateDir, 'keys');
    this.signingKeyDir = env.KEY_DIR ? resolve(root, env.KEY_DIR) : this.keyDir;
    this.log = log;
    this.env = { ...env, ZANTARA_STATE_DIR: stateDir };
    this.tenant = env.TENANT || TENANT;
  }

  /** Everything that ends without being asked to is told here. */
  crashes = [];

  record(changes) {
    this.#run = { ...this.#run, ...changes, pids: { ...this.#run.pids, ...changes.pids } };
    writeRunFile(this.stateDir, this.#run);
  }

  async start({ withExample, startedAt }) {
    this.record({});
    const port = await chooseHttpPort(this.env.PORT, this.log);
    const [postgres, nats] = await this.#startServers();
    this.signal.throwIfAborted();
    const canHaveExample = withExample && this.#explainMissing(postgres, nats);
    const prepared = canHaveExample ? await this.#prepareEcosystem(postgres, nats) : undefined;
    const [url, ecosystem] = await this.#startPrograms({ port, postgres, nats, prepared });
    const seconds = (performance.now() - startedAt) / 1000;
    const stateDir = relative(root, this.stateDir).startsWith('..') ? this.stateDir : relative(root, this.stateDir);
    return renderBanner({ seconds, url, stateDir, ecosystem });
  }

  async stop() {
    for (const { name, stop } of this.#stops.splice(0).toReversed()) {
      await stop();
      this.log(`${name} stopped`);
    }
  }

  #owns(name, stop) {
    this.#stops.push({ name, stop });
  }

  async #startServers() {
    const { env, log, stateDir } = this;
    const starting = [
      env.DATABASE_URL ? Promise.resolve() : startPostgres({ dir: join(stateDir, 'postgres'), log }),
      env.NATS_URL ? Promise.resolve() : this.#startNats(),
    ];
    // Both are waited for, so that the one that came up is stopped when the other one didn't.
    const [postgres, nats] = await Promise.allSettled(starting);
    if (postgres.value) this.#owns('postgres', () => stopPid(postgres.value.pid, 'SIGINT'));
    if (nats.value) this.#owns('nats', nats.value.stop);
    this.record({ pids: { postgres: postgres.value?.pid, nats: nats.value?.pid }, nats_url: nats.value?.url ?? env.NATS_URL });
    for (const { reason } of [postgres, nats]) if (reason !== undefined) throw reason;
    return [postgres.value, nats.value];
  }

  async #startNats() {
    const { computeAgentPermissions, computeFeedReaderPermissions, computeOrchestratorPermissions, FEED_READER } =
      await import('#libs/contracts');
    const orchestrator = ensureNkey(this.keyDir, 'orchestrator');
    const users = [
      { ...orchestrator, permissions: computeOrchestratorPermissions(this.tenant) },
      { ...ensureNkey(this.keyDir, FEED_READER), permissions: computeFeedReaderPermissions(this.tenant) },
      ...ecosystemAgents().map((agent) => ({
        ...ensureNkey(this.keyDir, agent.agentId),
        permissions: computeAgentPermissions({ ...agent, tenant: this.tenant }),
      })),
    ];
    const cache = join(root, '.zantara/nats-bin');
    const nats = await startNats({ dir: join(this.stateDir, 'nats'), cache, users, log: this.log });
    return { ...nats, orchestratorSeedFile: orchestrator.seedFile };
  }

  /** The example needs servers in which it can be given a place of its own. */
  #explainMissing(postgres, nats) {
    if (postgres !== undefined && nats !== undefined) return true;
    this.log('the example is left out: it runs only on the servers that npm start brings along, not on DATABASE_URL or NATS_URL');
    return false;
  }

  #prepareEcosystem(postgres, nats) {
    return prepareEcosystem({
      dir: join(this.stateDir, 'example'),
      keyDir: this.keyDir,
      publicKeysFile: join(this.signingKeyDir, 'command-signing.public.json'),
      superuserUrl: postgres.superuserUrl,
      natsUrl: nats.url,
      seedFileOf: (agentId) => ensureNkey(this.keyDir, agentId).seedFile,
      tenant: this.tenant,
    });
  }

  /** The orchestrator and the example side by side: neither needs the other one to start. One that fails ends the other's start. */
  async #startPrograms({ prepared, ...parts }) {
    const failing = new AbortController();
    const signal = AbortSignal.any([this.signal, failing.signal]);
    const started = await Promise.allSettled([
      startTogether(failing, () => this.#startOrchestrator({ ...parts, prepared, signal })),
      startTogether(failing, () => this.#startEcosystem(prepared, signal)),
    ]);
    for (const { reason } of started) if (reason !== undefined) throw reason;
    return started.map(({ value }) => value);
  }

  async #startOrchestrator({ port, postgres, nats, prepared, signal }) {
    const host = this.env.HOST || '127.0.0.1';
    const adminKeyFile = resolve(root, this.env.ADMIN_KEY_FILE || join(this.keyDir, 'admin.key'));
    const env = {
      ...this.env,
      PORT: String(port),
      HOST: host,
      TENANT: this.tenant,
      KEY_DIR: this.signingKeyDir,
      ADMIN_KEY_FILE: adminKeyFile,
      ANONYMOUS_ROLE: this.env.ANONYMOUS_ROLE || (LOOPBACK.has(host) && !this.env.ALLOWED_HOSTS ? 'analyst' : 'none'),
      ...(postgres && { DATABASE_URL: postgres.url, MIGRATION_DATABASE_URL: postgres.ownerUrl }),
      ...(nats && { NATS_URL: nats.url, NATS_NKEY_SEED_FILE: nats.orchestratorSeedFile }),
      ...(prepared && { CATALOGUE_FILE: prepared.catalogueFile }),
      ANCHOR_FILE: resolve(root, this.env.ANCHOR_FILE || join(this.stateDir, 'anchors/anchors.ndjson')),
    };
    this.record({ log_settings: selectLogSettings(env) });
    const script = 'dist/src/main.js';
    if (!existsSync(join(root, script))) throw new LauncherError(`${script} was not built`);
    const program = this.#startProgram({ name: 'orchestrator', script, nodeFlags: ORCHESTRATOR_FLAGS, env });
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.record({ pids: { orchestrator: program.pid }, api_url: url, admin_key_file: adminKeyFile });
    await answers(`${url}/health/ready`, { program, withinMs: 60_000, signal });
    this.log(`orchestrator: ready, pid ${program.pid}`);
    return url;
  }

  #startProgram(options) {
    const program = startProgram({ ...options, logFile: join(this.stateDir, 'logs', `${options.name}.log`) });
    this.#owns(program.name, program.stop);
    this.crashes.push(program.crashed);
    return program;
  }

  async #startEcosystem(prepared, signal) {
    if (prepared === undefined) return undefined;
    const ecosystem = await startEcosystem(prepared, { env: this.env, logDir: join(this.stateDir, 'logs'), signal });
    const { agents, services, users } = ecosystem;
    this.#owns('example', ecosystem.stop);
    this.crashes.push(...agents.map(({ crashed }) => crashed), users.crashed);
    this.record({
      pids: Object.fromEntries([
        ...agents.map(({ id, pid }) => [id, pid]),
        ...services.map(({ id, findPid }) => [id, findPid()]),
        ['users', users.pid],
      ]),
      services: services.map(({ role, id, url, configFile }) => ({ id, role, url, config_file: configFile })),
      users_url: users.url,
    });
    this.log(`example: up, users at ${users.url}`);
    for (const { readyUrl, ...program } of agents) await answers(readyUrl, { program, withinMs: 60_000, signal });
    return ecosystem;
  }
}
