import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LOADER = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=source',
  '--import',
  fileURLToPath(new URL('../../scripts/typescript-loader.mjs', import.meta.url)),
];

/** Starts a program of ours from its source, to be asked one question after the other. */
export const startProgramToAsk = (program: URL): ChildProcess =>
  fork(fileURLToPath(program), { execArgv: LOADER, serialization: 'advanced' });

/** Has such a program answer. @throws Error when it ends instead */
export function askProgram<Answer>(program: ChildProcess, question: Serializable): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const end = (code: number | null): void =>
      reject(new Error(`a program ended with ${String(code)} in the place of an answer`));
    program.once('exit', end);
    program.once('message', (answer: Answer) => {
      program.off('exit', end);
      resolve(answer);
    });
    // One that has ended already says so here.
    program.send(question, (error) => {
      if (error !== null) reject(error);
    });
  });
}
