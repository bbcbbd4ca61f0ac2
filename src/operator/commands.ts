import type { ExitCode } from './exit-codes.ts';
import type { OperatorCommand, OperatorContext } from './operator-command.ts';
import { InvalidOptionsError } from './operator.errors.ts';

/** A command with options that were not looked at yet. */
type Runner = (context: OperatorContext, options: unknown) => Promise<ExitCode>;

/** Each is loaded only when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<Runner>>> = {
  replay: async () => bind((await import('./replay.command.ts')).replayCommand),
  export: async () => bind((await import('./export.command.ts')).exportCommand),
  'projections-rebuild': async () => bind((await import('./projections-rebuild.command.ts')).projectionsRebuildCommand),
  'projections-verify': async () => bind((await import('./projections-verify.command.ts')).projectionsVerifyCommand),
  verify: async () => bind((await import('./verify.command.ts')).verifyCommand),
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** The command of that name; absent where there is none. */
export const findCommand = (name: string): (() => Promise<Runner>) | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;

function bind<Options>(command: OperatorCommand<Options>): Runner {
  return (context, given) => {
    const parsed = command.options.safeParse(given);
    if (parsed.success) return command.run(context, parsed.data);
    throw new InvalidOptionsError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  };
}
