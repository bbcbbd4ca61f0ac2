import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '#libs/contracts';
import { type CrowdAgent, restart } from '../crowd/crowd-agent.ts';
import type { Crowd } from '../crowd/crowd.ts';
import type { LogWatch } from '../installation/log-watch.ts';

/** A service that no restart helps, each in its own way. */
export interface Trouble {
  readonly name: string;
  /** What its agent does when it is told to restart it. */
  readonly behave: (agent: CrowdAgent, command: Command) => void;
  /** Has it fail until somebody gives up, and a while longer. */
  run(crowd: Crowd, serviceId: string, log: LogWatch): Promise<void>;
}

const ENDED = `SELECT ended.type FROM events ended JOIN events opened ON opened.type = 'IncidentOpened'
    AND opened.payload::jsonb->>'incident_id' = ended.payload::jsonb->>'incident_id'
  WHERE opened.payload::jsonb->>'target' = $1 AND ended.type IN ('IncidentResolved', 'IncidentEscalated')
  ORDER BY ended.position OFFSET $2 LIMIT 1`;
const GIVEN_UP = `SELECT FROM (${ENDED.replace(' OFFSET $2 LIMIT 1', '')}) ended WHERE type = 'IncidentEscalated'`;
const WITHIN_MS = 180_000;
/** How often it fails once more after somebody has given up: nothing may come of that. */
const AFTERWARDS = 3;
const AFTERWARDS_MS = 2_000;
const FLAP_MS = 1_500;
const UP_MS = 300;

async function failOn(crowd: Crowd, serviceId: string): Promise<void> {
  for (let n = 0; n < AFTERWARDS; n += 1) {
    await sleep(AFTERWARDS_MS);
    crowd.agentOf(serviceId).breakService(serviceId);
  }
}

/** It is held for healed, and is back. */
const returning: Trouble = {
  name: 'the fault returns',
  behave: restart,
  run: async (crowd, serviceId, log) => {
    for (let ended = 0, type = ''; type !== 'IncidentEscalated'; ended += 1) {
      crowd.agentOf(serviceId).breakService(serviceId);
      type = (await log.until<{ type: string }>(ENDED, [serviceId, ended], WITHIN_MS, 250)).type;
    }
    await failOn(crowd, serviceId);
  },
};

/** Down and up again by itself, faster than anybody could say which it is. */
const flapping: Trouble = {
  name: 'the service flaps',
  behave: restart,
  run: async (crowd, serviceId, log) => {
    const agent = crowd.agentOf(serviceId);
    let isOver = false;
    const over = log.until(GIVEN_UP, [serviceId], WITHIN_MS, 1_000).then(() => (isOver = true));
    while (!isOver) {
      agent.breakService(serviceId, 'http-status');
      agent.beat();
      await Promise.race([over, sleep(FLAP_MS)]);
      agent.mend(serviceId);
      agent.beat();
      await Promise.race([over, sleep(FLAP_MS)]);
    }
    await over;
    await failOn(crowd, serviceId);
  },
};

/** It starts, and ends again at once. */
const looping: Trouble = {
  name: 'it restarts in a loop',
  behave: (agent, command) => {
    restart(agent, command);
    setTimeout(() => agent.breakService(command.target.service_id), UP_MS);
  },
  run: async (crowd, serviceId, log) => {
    crowd.agentOf(serviceId).breakService(serviceId);
    await log.until(GIVEN_UP, [serviceId], WITHIN_MS, 500);
    await failOn(crowd, serviceId);
  },
};

export const TROUBLES: readonly Trouble[] = [returning, flapping, looping];
