import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { describeError } from '../runtime/agent-log.ts';
import { AgentConfigError, type ConfigProblem } from '../service-agent.errors.ts';
import { readNkeySeed } from './nkey-seed.ts';

const TextSchema = z.string().optional().catch(undefined);
const ProcessFilesSchema = z.object({ command: TextSchema, cwd: TextSchema }).catch({});

/** The files that a configuration names, as far as it is in order; what isn't is told by its own schema. */
const NamedFilesSchema = z
  .object({
    nkey_seed_file: TextSchema,
    services: z.array(z.object({ process: ProcessFilesSchema }).catch({ process: {} })).catch([]),
  })
  .catch({ services: [] });

/** The orchestrator's keys may come later, as it writes them at its first start; the own seed must be there. */
export function checkFiles(input: unknown): ConfigProblem[] {
  const { nkey_seed_file: seedFile, services } = NamedFilesSchema.parse(input);
  return [
    ...(seedFile === undefined ? [] : findProblems('nkey_seed_file', () => void readNkeySeed(seedFile))),
    ...services.flatMap(({ process: { command, cwd } }, index) => {
      const path = `services[${index}].process`;
      return [
        ...(cwd === undefined ? [] : findProblems(`${path}.cwd`, () => accessSync(cwd, constants.X_OK))),
        // A bare name is looked up on PATH when it is started; a relative path begins where the service does.
        ...(command?.includes('/') === true
          ? findProblems(`${path}.command`, () => accessSync(resolve(cwd ?? '.', command), constants.X_OK))
          : []),
      ];
    }),
  ];
}

function findProblems(path: string, check: () => void): readonly ConfigProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    return error instanceof AgentConfigError ? error.problems : [{ path, message: describeError(error) }];
  }
}
