import type { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { AnswerOptions, FreezeOptions, ScopedOptions } from './authority-actions.ts';
import { dryRunOption, type GlobalOptions, option, reasonOption, type WriteOptions } from './options.ts';

const serviceOption = (): Option => option('--service <service>', 'only of this service');
const strategyOption = (): Option => option('--strategy <strategy>', 'only this strategy, wherever it runs');

/** What persons say about acting: stop and go on, freezes, settings, yes and no, and back. */
export function addAuthorityCommands(program: Command, terminal: Terminal): void {
  addStop(program, terminal);
  addResume(program, terminal);
  addFreeze(program, terminal);
  addApprovals(program, terminal);
  addAnswer(program, terminal, 'approve');
  addAnswer(program, terminal, 'reject');
  addUndo(program, terminal);
  addPolicy(program, terminal);
}

const scoped = (command: Command): Command =>
  command.addOption(serviceOption()).addOption(strategyOption()).addOption(reasonOption()).addOption(dryRunOption());

function addStop(program: Command, terminal: Terminal): void {
  scoped(program.command('stop'))
    .description('stop healing at once: everything, one service or one strategy')
    .addHelpText(
      'after',
      `
Examples:
  $ zantara stop --reason "it makes things worse"
  $ zantara stop --service rag --reason "being repaired by hand"
  $ zantara stop --strategy restart/service --reason "restarts lose requests" --dry-run`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { stopHealing } = await import('./authority-actions.ts');
      await stopHealing(terminal, command.optsWithGlobals<ScopedOptions>());
    });
}

function addResume(program: Command, terminal: Terminal): void {
  scoped(program.command('resume'))
    .description('let healing go on where it was stopped; nothing else does')
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara resume --reason "the release is done"\n  $ zantara resume --service rag --reason "repaired"',
    )
    .action(async (_options: unknown, command: Command) => {
      const { resumeHealing } = await import('./authority-actions.ts');
      await resumeHealing(terminal, command.optsWithGlobals<ScopedOptions>());
    });
}

function addFreeze(program: Command, terminal: Terminal): void {
  scoped(program.command('freeze'))
    .description('have nothing done for a while: from now, or in a maintenance window')
    .addOption(option('--from <time>', 'when it begins; now unless told'))
    .addOption(option('--until <time>', 'when it ends by itself; when you end it unless told'))
    .addHelpText(
      'after',
      `
Examples:
  $ zantara freeze --until 2026-12-01T06:00:00Z --reason "release 41"
  $ zantara freeze --service memory --from 2026-12-01T02:00:00Z --until 2026-12-01T04:00:00Z --reason "maintenance"`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { beginFreeze } = await import('./authority-actions.ts');
      await beginFreeze(terminal, command.optsWithGlobals<FreezeOptions>());
    });
  program
    .command('unfreeze')
    .description('end a freeze before its time')
    .argument('<freeze>', 'its id, as `policy show` tells it')
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExamples:\n  $ zantara unfreeze 0193… --reason "the release was called off"')
    .action(async (freezeId: string, _options: unknown, command: Command) => {
      const { endFreeze } = await import('./authority-actions.ts');
      await endFreeze(terminal, freezeId, command.optsWithGlobals<WriteOptions>());
    });
}

function addApprovals(program: Command, terminal: Terminal): void {
  program
    .command('approvals')
    .description('what waits until persons have allowed it')
    .addHelpText('after', '\nExamples:\n  $ zantara approvals\n  $ zantara approvals -o json | jq .items[].action')
    .action(async (_options: unknown, command: Command) => {
      const { listApprovals } = await import('./answer-approval.ts');
      await listApprovals(terminal, command.optsWithGlobals<GlobalOptions>());
    });
}

function addAnswer(program: Command, terminal: Terminal, verb: 'approve' | 'reject'): void {
  program
    .command(verb)
    .description(verb === 'approve' ? 'allow one very action' : 'do not allow it: its incident then waits for a person')
    .argument('<fix>', 'the fix, as `approvals` shows it')
    .addOption(option('--action <digits>', 'the first 12 digits or more of the action that you saw').makeOptionMandatory())
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      `\nExamples:\n  $ zantara approvals\n  $ zantara ${verb} 3f2a9c01b7de-1-1 --action 9f86d081884c --reason "nobody uses it now"`,
    )
    .action(async (fixId: string, _options: unknown, command: Command) => {
      const { answerApproval } = await import('./answer-approval.ts');
      await answerApproval(terminal, { fixId, verb }, command.optsWithGlobals<AnswerOptions>());
    });
}

function addUndo(program: Command, terminal: Terminal): void {
  program
    .command('undo')
    .description('take back what a fix that has ended has left behind, the last step first')
    .argument('<fix>', 'the fix, as `fixes` shows it')
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      `
Examples:
  $ zantara undo 3f2a9c01b7de-1-1 --reason "the page is slower since" --dry-run
  $ zantara undo 3f2a9c01b7de-1-1 --reason "the page is slower since"`,
    )
    .action(async (fixId: string, _options: unknown, command: Command) => {
      const { undoFix } = await import('./undo-fix.ts');
      await undoFix(terminal, fixId, command.optsWithGlobals<WriteOptions>());
    });
}

function addPolicy(program: Command, terminal: Terminal): void {
  const policy = program
    .command('policy')
    .description('what the guards go by')
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara policy show\n  $ zantara policy set max_actions_per_hour=3 --service memory --reason "it holds state"',
    );
  policy
    .command('show')
    .description('defaults, what is set for which scope, freezes')
    .addHelpText('after', '\nExamples:\n  $ zantara policy show -o json')
    .action(async (_options: unknown, command: Command) => {
      const { showPolicy } = await import('./change-policy.ts');
      await showPolicy(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  scoped(policy.command('set'))
    .description('set what the guards go by in one scope')
    .argument('<settings...>', 'name=value; name= gives one back to the wider scope')
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara policy set autonomy=ask --service memory --reason "it holds state"\n  $ zantara policy set max_live_fixes=20 --reason "the fleet has grown"',
    )
    .action(async (settings: string[], _options: unknown, command: Command) => {
      const { changePolicy } = await import('./change-policy.ts');
      await changePolicy(terminal, settings, command.optsWithGlobals<ScopedOptions>());
    });
}
