import type { AgentWireOptions } from '../agents/agent-wire.ts';
import { Bystander } from './bystander.ts';

/** How many reports it has made, or, when it has made its last one, what became of them. */
export type Question = 'how-many' | { readonly endWithinMs: number };

// A process of its own: the account of a million reports would make it late now and then, and not who takes them in.
const bystander = await Bystander.start(JSON.parse(process.argv[2] ?? '') as AgentWireOptions);
process.on('message', (question: Question) => void answer(question));
process.once('disconnect', () => process.exit());
process.send?.('ready');

async function answer(question: Question): Promise<void> {
  if (question === 'how-many') return void process.send?.(bystander.reported);
  await bystander.fallSilent(question.endWithinMs);
  process.send?.(bystander.account);
}
