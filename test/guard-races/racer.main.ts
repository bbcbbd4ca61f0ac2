import { once } from 'node:events';
import { InMemoryCheckpoints } from '#libs/event-store';
import { Log } from '../../src/platform/log/log.ts';
import { HealingParts } from '../builders/healing-parts.ts';
import { ManualClock } from '../builders/manual-clock.ts';
import { HeldStore } from './held-store.ts';
import type { Wish, Word } from './race.ts';

/** One orchestrator's healing side, in a process of its own: it decides when it is told to, and waits before it commands. */
const say = (word: Word): void => void process.send?.(word);

async function untilLetGo(): Promise<void> {
  say('is-about-to-command');
  await once(process, 'message');
}

async function fulfil(wish: Wish, parts: HealingParts): Promise<void> {
  if (wish.type === 'consider') return parts.starter.consider(wish.incidentId, wish.trigger);
  const { fixId, answer } = wish;
  const key = `approval:${answer.actionSha256}:${answer.verdict}`;
  await parts.fixes.advance(fixId, { input: { type: 'approval', answer }, key, actor: answer.actor });
}

for (;;) {
  say('is-ready');
  const [wish] = (await once(process, 'message')) as [Wish];
  const store = new HeldStore({ connectionString: wish.databaseUrl, maxConnections: 2 }, untilLetGo);
  try {
    const clock = new ManualClock(Date.now());
    const parts = new HealingParts(new Log(store, new InMemoryCheckpoints(), clock), clock);
    await parts.catalogue.onModuleInit();
    await fulfil(wish, parts);
  } finally {
    await store.close();
  }
}
