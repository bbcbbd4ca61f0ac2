import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../program.ts';
import { createCompletionScript } from './completion-script.ts';

const program = createProgram({ isColoured: false, nowMs: () => 0, out: () => undefined, note: () => undefined });

describe('createCompletionScript', () => {
  it('completes commands, flags and values in bash', () => {
    const script = createCompletionScript(program, 'bash');
    expect(script).toMatch(/"incidents"\) words="list show /);
    expect(script).toMatch(/"incidents list"\) words="--state --service --limit --cursor /);
    expect(script).toContain('-o|--output) COMPREPLY=($(compgen -W "table json jsonl csv"');
    expect(script).toContain('complete -o default -F _zantara zantara');
  });

  it('does the same in zsh', () => {
    expect(createCompletionScript(program, 'zsh')).toContain('bashcompinit\n_zantara() {');
  });

  it('completes subcommands and values in fish', () => {
    const lines = createCompletionScript(program, 'fish').split('\n');
    expect(lines).toContain(
      "complete -c zantara -f -n '__fish_seen_subcommand_from incidents; and not __fish_seen_subcommand_from list show' -a 'list show'",
    );
    expect(lines.some((line) => line.includes("-l state -r -a 'open healing"))).toBe(true);
  });
});
