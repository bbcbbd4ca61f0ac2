import { setTimeout as delay } from 'node:timers/promises';
import { ack, retryLater, type Settlement } from '#libs/messaging';
import type { Command } from '#libs/contracts';
import type { Script, ScriptedAgent } from './scripted-agent.ts';

/** How an incident has to end. */
export type Ending = 'resolved' | 'escalated';

export interface Misbehaviour {
  readonly name: string;
  readonly ending: Ending;
  /** From the report to the end, at most: the time-outs of the product, and a margin for a busy machine. */
  readonly withinSeconds: number;
  readonly script: Script;
}

/** After the orchestrator has given up waiting for an acknowledgement, which it does after 35 s. */
const TOO_LATE_MS = 40_000;

const SUCCESS = {
  duration_ms: 5,
  fix: { strategy: 'restart', auto_applied: true, success: true, rollback_available: false },
} as const;

/** Ends the agent once the message is settled. */
function dieAfter(agent: ScriptedAgent, settlement: Settlement): Settlement {
  setImmediate(() => void agent.die());
  return settlement;
}

/** Ended in the middle, with the service as it was then; its successor knows no more than that it began. */
const dieWhileActing =
  (hasMended: boolean): Script =>
  async (agent, command) => {
    await agent.begin(command);
    agent.say(command, 'acknowledged');
    if (hasMended) agent.mend();
    setImmediate(() => void revive(agent, command));
    return ack();
  };

async function revive(agent: ScriptedAgent, command: Command): Promise<void> {
  await agent.die();
  await agent.start();
  agent.say(command, 'outcome_unknown', { reason_code: 'agent-restarted' });
}

/** The ways of an agent to misbehave, and how what comes of it has to end. */
export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  {
    name: 'dies after its acknowledgement',
    ending: 'escalated',
    withinSeconds: 180,
    script: async (agent, command) => {
      await agent.begin(command);
      agent.say(command, 'acknowledged');
      return dieAfter(agent, ack());
    },
  },
  {
    name: 'never acknowledges',
    ending: 'escalated',
    withinSeconds: 150,
    // Delivered again and again, until the orchestrator has given up.
    script: async () => retryLater(TOO_LATE_MS),
  },
  {
    name: 'acknowledges twice',
    ending: 'resolved',
    withinSeconds: 60,
    script: async (agent, command) => {
      await agent.begin(command);
      for (const phase of ['acknowledged', 'acknowledged'] as const) agent.say(command, phase);
      agent.mend();
      for (const phase of ['succeeded', 'succeeded'] as const) agent.say(command, phase, SUCCESS);
      // Not settled, so it comes again, and is answered again.
      return retryLater(0);
    },
  },
  {
    name: 'answers late',
    ending: 'resolved',
    withinSeconds: 90,
    script: async (agent, command) => {
      await agent.begin(command);
      agent.mend();
      void delay(TOO_LATE_MS, undefined, { ref: false }).then(() => {
        agent.say(command, 'acknowledged');
        agent.say(command, 'succeeded', SUCCESS);
      });
      return ack();
    },
  },
  { name: 'dies while it acts, having mended', ending: 'resolved', withinSeconds: 60, script: dieWhileActing(true) },
  { name: 'dies while it acts, having mended nothing', ending: 'escalated', withinSeconds: 120, script: dieWhileActing(false) },
  {
    name: 'lies about its success',
    ending: 'escalated',
    withinSeconds: 60,
    script: async (agent, command) => {
      await agent.begin(command);
      agent.say(command, 'acknowledged');
      agent.claimHealth();
      agent.say(command, 'succeeded', SUCCESS);
      return ack();
    },
  },
];

export const LIAR = 'lies about its success';
