import type { CheckFrame, Effect } from '../evidence.ts';
import { readText } from '../fields.ts';
import { type Law, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

interface StoredCommand {
  readonly position: number;
  readonly agentId: string;
  readonly target: string;
}

/**
 * `second-effect`: no command id was begun twice, by whichever agent.
 * `effect-without-command`: what was begun had been stored before, for that agent and that target; and so had what came once more.
 * `stale-fence`: on a target an agent begins nothing that was commanded before what it began last, in the order of its ledger.
 */
export function createEffectLaw({ ledgers }: CheckFrame): Law {
  const effects = ledgers.flatMap(({ agentId, effects: begun }) => begun.map((effect) => ({ agentId, ...effect })));
  const repeated = ledgers.flatMap(({ agentId, repeated: again = [] }) => again.map((effect) => ({ agentId, ...effect })));
  const interesting = new Set([...effects, ...repeated].map(({ commandId }) => commandId));
  const commands = new Map<string, StoredCommand>();

  function judge(effect: Effect & { agentId: string }, did = 'began'): Violation[] {
    const objection = objectTo(effect, commands.get(effect.commandId));
    if (objection === undefined) return [];
    const sentence = `${effect.agentId} ${did} ${effect.commandId}, and ${objection}`;
    return [violation('effect-without-command', sentence, { ids: [effect.commandId] })];
  }

  /** What an agent takes on for a target is newer than all that it took on for it before. */
  function judgeFences(): Violation[] {
    const last = new Map<string, Effect>();
    return effects.flatMap(({ agentId, ...effect }) => {
      const key = `${agentId} ${effect.target}`;
      const before = last.get(key);
      if (before === undefined || before.fencePosition <= effect.fencePosition) last.set(key, effect);
      const isStale = before !== undefined && before.fencePosition > effect.fencePosition;
      if (!isStale) return [];
      const sentence = `${agentId} began ${effect.commandId} of ${effect.fencePosition} after ${before.commandId} of ${before.fencePosition}`;
      return [violation('stale-fence', sentence, { ids: [effect.commandId] })];
    });
  }

  return {
    observe({ type, position, data }) {
      const commandId = readText(data, 'command_id');
      if (type !== 'FixCommanded' || !interesting.has(commandId)) return [];
      commands.set(commandId, { position, agentId: readText(data, 'agent_id'), target: readText(data, 'target') });
      return [];
    },
    finish() {
      const begun = new Set<string>();
      const found = effects.flatMap((effect) => {
        const isRepeated = begun.has(effect.commandId);
        begun.add(effect.commandId);
        const place = { ids: [effect.commandId] };
        return isRepeated ? [violation('second-effect', `${effect.commandId} was begun again`, place)] : judge(effect);
      });
      return [...found, ...repeated.flatMap((effect) => judge(effect, 'was told again to begin')), ...judgeFences()];
    },
  };
}

function objectTo(effect: Effect & { agentId: string }, command: StoredCommand | undefined): string | undefined {
  if (command === undefined) return 'no such command is stored';
  if (command.agentId !== effect.agentId) return `it was meant for ${command.agentId}`;
  if (command.target !== effect.target) return `it was meant for ${command.target}, not for ${effect.target}`;
  // The fence is the position that the command had when it was published; it can't have been stored later.
  return command.position === effect.fencePosition
    ? undefined
    : `its fence names ${effect.fencePosition}, not ${command.position}`;
}
