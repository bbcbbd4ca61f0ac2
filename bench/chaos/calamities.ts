import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy, PostgresTroubles } from '#libs/testing';
import type { Program } from '../installation/program.ts';
import type { CalamityName } from './chaos-plan.ts';
import type { Stage } from './stage.ts';

/** Somebody whom something may befall. */
export interface Victim {
  /** Of two calamities for one the second doesn't come. */
  readonly subject: object;
  /** Resolves when it is over. */
  suffer(lastsMs: number): Promise<void>;
}

type Victims = (stage: Stage) => readonly Victim[];

const SLOW = { latencyMs: 300, jitterMs: 300, bytesPerSecond: 50_000 };

const each =
  <T extends object>(find: (stage: Stage) => readonly T[], befall: (one: T, lastsMs: number) => Promise<void>): Victims =>
  (stage) =>
    find(stage).map((subject) => ({ subject, suffer: (lastsMs) => befall(subject, lastsMs) }));

async function kill(program: Program, lastsMs: number): Promise<void> {
  await program.kill();
  await sleep(lastsMs);
  program.launch();
}

async function stopInOrder(program: Program, lastsMs: number): Promise<void> {
  await program.stop();
  await sleep(lastsMs);
  program.launch();
}

async function pause(program: Program, lastsMs: number): Promise<void> {
  if (!program.isAlive) return;
  program.pause();
  await sleep(lastsMs);
  program.resume();
}

const orchestrators = (befall: (program: Program, lastsMs: number) => Promise<void>): Victims =>
  each(({ installation }) => installation.orchestrators, befall);
const agents = (befall: (program: Program, lastsMs: number) => Promise<void>): Victims =>
  each((stage) => stage.agents.map(({ program }) => program), befall);

const links = (befall: (link: FaultProxy) => void): Victims =>
  each(
    (stage) => stage.links,
    async (link, lastsMs) => {
      befall(link);
      await sleep(lastsMs);
      link.recover();
    },
  );

const postgres = (trouble: (troubles: PostgresTroubles) => Promise<unknown>): Victims =>
  each(
    ({ postgres: troubles }) => [troubles],
    async (troubles, lastsMs) => {
      await trouble(troubles);
      await sleep(lastsMs);
      await troubles.recover();
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
