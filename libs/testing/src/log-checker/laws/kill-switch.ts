import { readText } from '../fields.ts';
import { type Law, violation } from '../law.ts';
import { PolicyHistory } from './policy-history.ts';

/** `command-after-stop`: nothing is commanded in a scope that was stopped before in the log and not resumed since. */
export function createKillSwitchLaw(): Law {
  const policy = new PolicyHistory();
  return {
    observe(event) {
      policy.observe(event);
      if (event.type !== 'FixCommanded') return [];
      const { data, position } = event;
      const stop = policy.findStop(readText(data, 'target'), readText(data, 'strategy'));
      if (stop === undefined) return [];
      const commandId = readText(data, 'command_id');
      return [
        violation('command-after-stop', `${commandId} was commanded while ${stop} was stopped`, {
          positions: [position],
          ids: [commandId],
        }),
      ];
    },
  };
}
