import { Command } from 'commander';
import { stringify } from 'yaml';
import { AgentConfigError } from '../service-agent.errors.ts';
import { loadAgentConfig } from './load-config.ts';
import { maskConfig } from './mask-config.ts';
import { startServiceAgent } from './start-service-agent.ts';

interface CommandLineOptions {
  readonly config: string;
  readonly printConfig?: boolean;
  readonly checkConfig?: boolean;
}

/** What the command line asks for. Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const program = new Command('zantara-service-agent')
    .description('Watches services on this machine, reports their faults, and carries out signed commands.')
    .requiredOption('--config <file>', 'configuration file (YAML)')
    .option('--print-config', 'print the configuration with its defaults, secrets masked, and end')
    .option('--check-config', 'check the configuration and end')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  await run(program.parse([...argv]).opts<CommandLineOptions>());
}

async function run({ config: path, printConfig, checkConfig }: CommandLineOptions): Promise<void> {
  try {
    const config = loadAgentConfig(path);
    if (printConfig === true) process.stdout.write(stringify(maskConfig(config)));
    else if (checkConfig === true) process.stdout.write('the configuration is right\n');
    else await runUntilSignal(() => startServiceAgent(config));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof AgentConfigError ? 2 : 1;
  }
}

async function runUntilSignal(start: () => Promise<{ stop: () => Promise<void> }>): Promise<void> {
  let ask = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  // Supervisors ask more than once. One that comes while the agent ends must not end it in the middle, or its service would be held for
  // one that ended while nobody looked. Whoever presses Ctrl-C a second time means it.
  process.on('SIGTERM', ask);
  process.once('SIGINT', ask);
  // Timers of the agent don't keep the process alive by themselves, so that a program that embeds it can end.
  const alive = setInterval(() => undefined, 60_000);
  try {
    const agent = await start();
    await asked;
    await agent.stop();
  } finally {
    clearInterval(alive);
    // What is still running then ends at the next signal, as nobody else waits for one.
    for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, ask);
  }
}
