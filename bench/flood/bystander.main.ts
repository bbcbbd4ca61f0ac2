import { Bystander } from './bystander.ts';
import type { Question } from './bystander-process.ts';

let bystander: Bystander | undefined;
process.on('message', (question: Question) => void answer(question));
process.once('disconnect', () => process.exit());

async function answer(question: Question): Promise<void> {
  if (question.ask === 'start') bystander = await Bystander.start(question.options);
  if (question.ask === 'end') await bystander?.fallSilent(question.withinMs);
  process.send?.(bystander?.account);
}
