import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy, PostgresTroubles } from '#libs/testing';
import type { Program } from '../installation/program.ts';
import type { CalamityName } from './chaos-plan.ts';
import type { Stage } from './stage.ts';

/** Somebody whom something may befall. */
export interface Victim {
  /** Of two calamities for one the second doesn't come. */
  readonly subject: object;
  /** Resolves when it is over, and tells whether there was anybody to suffer it: who had ended before did not. */
  suffer(lastsMs: number): Promise<boolean>;
}

type Victims = (stage: Stage) => readonly Victim[];

const SLOW = { latencyMs: 300, jitterMs: 300, bytesPerSecond: 50_000 };

const each =
  <T extends object>(find: (stage: Stage) => readonly T[], befall: (one: T, lastsMs: number) => Promise<boolean>): Victims =>
  (stage) =>
    find(stage).map((subject) => ({ subject, suffer: (lastsMs) => befall(subject, lastsMs) }));

async function kill(program: Program, lastsMs: number): Promise<boolean> {
  if (!program.isAlive) return false;
  await program.kill();
  await sleep(lastsMs);
  program.launch();
  return true;
}

async function stopInOrder(program: Program, lastsMs: number): Promise<boolean> {
  if (!program.isAlive) return false;
  await program.stop();
  await sleep(lastsMs);
  program.launch();
  return true;
}

async function pause(program: Program, lastsMs: number): Promise<boolean> {
  if (!program.isAlive) return false;
  program.pause();
  await sleep(lastsMs);
  program.resume();
  return true;
}

const orchestrators = (befall: (program: Program, lastsMs: number) => Promise<boolean>): Victims =>
  each(({ installation }) => installation.orchestrators, befall);
const agents = (befall: (program: Program, lastsMs: number) => Promise<boolean>): Victims =>
  each((stage) => stage.agents.map(({ program }) => program), befall);

const links = (befall: (link: FaultProxy) => void): Victims =>
  each(
    (stage) => stage.links,
    async (link, lastsMs) => {
      const isUsed = link.connectionCount > 0;
      befall(link);
      await sleep(lastsMs);
      link.recover();
      return isUsed;
    },
  );

/** A trouble that tells how many it met may have met none. */
const postgres = (trouble: (troubles: PostgresTroubles) => Promise<unknown>): Victims =>
  each(
    ({ postgres: troubles }) => [troubles],
    async (troubles, lastsMs) => {
      const met = await trouble(troubles);
      await sleep(lastsMs);
      await troubles.recover();
      return met !== 0;
    },
  );

export const VICTIMS: Readonly<Record<CalamityName, Victims>> = {
  'orchestrator killed': orchestrators(kill),
  'orchestrator paused': orchestrators(pause),
  'orchestrator stopped in order': orchestrators(stopInOrder),
  'postgres killed': (stage) => [
    {
      subject: stage.postgres,
      suffer: async (lastsMs) => {
        const { postgres: server } = stage.installation.servers;
        server.kill();
        await sleep(lastsMs);
        await server.restart();
        return true;
      },
    },
  ],
  'postgres ends its backends': postgres((troubles) => troubles.endBackends()),
  'postgres refuses writes': postgres((troubles) => troubles.refuseWrites()),
  'postgres answers no commit': postgres((troubles) => troubles.hangCommits()),
  'postgres commits slowly': postgres((troubles) => troubles.slowCommits()),
  'nats killed': each(
    ({ installation }) => [installation.servers.nats],
    async (nats, lastsMs) => {
      await nats.kill();
      await sleep(lastsMs);
      await nats.restart();
      return true;
    },
  ),
  'agent killed': agents(kill),
  'agent paused': agents(pause),
  'connections cut': links((link) => link.cut()),
  'connections reset': links((link) => link.reset()),
  'connections held': links((link) => link.hold()),
  'connections silent': links((link) => link.fallSilent()),
  'connections slow': links((link) => link.impair(SLOW)),
};
