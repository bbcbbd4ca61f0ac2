import { Argument, type Command } from 'commander';
import type { Terminal } from '../terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('the script that lets a shell complete commands and flags')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(zantara completion bash)
  $ source <(zantara completion zsh)
  $ zantara completion fish > ~/.config/fish/completions/zantara.fish`,
    )
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { createCompletionScript } = await import('../completion/completion-script.ts');
      terminal.out(createCompletionScript(program, shell));
    });
}
