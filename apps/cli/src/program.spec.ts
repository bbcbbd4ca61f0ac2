import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from './program.ts';

const program = createProgram({ isColoured: false, nowMs: () => 0, out: () => undefined, note: () => undefined });

const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

describe('the program', () => {
  it('gives every flag a variable of its own', () => {
    const options = commandsOf(program).flatMap((command) => command.options);
    const flags = options.filter(({ long }) => long !== '--version');
    expect(flags.map(({ envVar }) => envVar)).toEqual(
      flags.map((flag) => `ZANTARA_${flag.name().toUpperCase().replaceAll('-', '_')}`),
    );
  });

  it('shows examples in the help of every command', () => {
    const silent = commandsOf(program).filter((command) => !helpOf(command).includes('$ zantara '));
    expect(silent.map((command) => command.name())).toEqual([]);
  });

  it('tells the exit codes', () => {
    expect(helpOf(program)).toContain(
      '0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 6 conflict, 7 check critical',
    );
  });
});
