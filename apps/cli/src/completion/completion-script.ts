import type { Command } from 'commander';
import { type CommandNode, type Flag, listCommands } from './command-tree.ts';

/** The script that completes `zantara` in a shell, made of the commands themselves. */
export function createCompletionScript(program: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const commands = listCommands(program);
  switch (shell) {
    case 'bash':
      return createBashScript(commands);
    case 'zsh':
      // zsh runs what bash does; its own way would say the same at greater length.
      return `autoload -Uz compinit bashcompinit && compinit -u && bashcompinit\n${createBashScript(commands)}`;
    case 'fish':
      return createFishScript(commands);
  }
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

function createBashScript(commands: readonly CommandNode[]): string {
  const nodes = commands.map(({ path, words, flags }) => {
    const names = flags.flatMap((flag) => flag.names);
    return `    "${path.join(' ')}") words="${[...words, ...names, '--help'].join(' ')}" ;;`;
  });
  const all = commands.flatMap(({ flags }) => flags);
  const values = unique(all.filter(({ choices }) => choices.length > 0).map(toBashValues));
  const withValue = unique(all.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names));
  const known = commands.filter(({ path }) => path.length > 0).map(({ path }) => `"${path.join(' ')}"`);
  return `_zantara() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${withValue.join('|')}) ((i++)) ; continue ;;
    esac
    case "\${path:+$path }$word" in ${known.join('|')}) path="\${path:+$path }$word" ;; esac
  done
  case "$previous" in
${values.join('\n')}
    ${withValue.join('|')}) return ;;
  esac
  case "$path" in
${nodes.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _zantara zantara`;
}

const toBashValues = ({ names, choices }: Flag): string =>
  `    ${names.join('|')}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`;

function createFishScript(commands: readonly CommandNode[]): string {
  const lines = commands.flatMap(({ path, words, flags }) => {
    const here = conditionOf(path, words);
    return [
      ...(words.length === 0 ? [] : [`complete -c zantara -f -n '${here}' -a '${words.join(' ')}'`]),
      ...flags.map((flag) => toFishFlag(flag, here)),
    ];
  });
  return unique(lines).join('\n');
}

/** All words of the path are there, and none of those that could follow. */
function conditionOf(path: readonly string[], words: readonly string[]): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const unseen = words.length === 0 ? [] : [`not __fish_seen_subcommand_from ${words.join(' ')}`];
  const conditions = [...seen, ...unseen];
  return conditions.length === 0 ? 'true' : conditions.join('; and ');
}

function toFishFlag({ names, description, choices, takesValue }: Flag, condition: string): string {
  const forms = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const values = choices.length === 0 ? '' : ` -a '${choices.join(' ')}'`;
  const text = description.replaceAll(/['\\`]/g, '');
  return `complete -c zantara -f -n '${condition}' ${forms.join(' ')}${takesValue ? ' -r' : ''}${values} -d '${text}'`;
}
