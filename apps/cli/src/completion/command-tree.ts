import type { Command, Option } from 'commander';

/** One command as a shell sees it. */
export interface CommandNode {
  /** Words after `zantara`; empty for the program itself. */
  path: readonly string[];
  words: readonly string[];
  flags: readonly Flag[];
}

export interface Flag {
  names: readonly string[];
  description: string;
  choices: readonly string[];
  takesValue: boolean;
}

/** Every command, the program first; flags of the program belong to all. */
export function listCommands(program: Command): CommandNode[] {
  const walk = (command: Command, path: readonly string[]): CommandNode[] => {
    const words = command.commands.map((child) => child.name());
    const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
    const flags = [...(command === program ? [] : command.options), ...program.options].map(toFlag);
    const node = { path, words: [...words, ...choices], flags };
    return [node, ...command.commands.flatMap((child) => walk(child, [...path, child.name()]))];
  };
  return walk(program, []);
}

const toFlag = ({ short, long, description, argChoices, required }: Option): Flag => ({
  names: [short, long].filter((name) => name !== undefined),
  description,
  choices: argChoices ?? [],
  takesValue: required,
});
