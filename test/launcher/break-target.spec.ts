import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findTarget } from '../../scripts/break/target.mjs';
import { listFromPs, listProcesses, type RunningProcess } from '../../scripts/infra/process.mjs';
import { PretendedRun, STAYS } from './pretended-run.ts';

const WAYS: [string, () => RunningProcess[]][] = [
  ['/proc', listProcesses],
  ['ps', listFromPs],
];
const SCRIPT = 'dist/examples/ecosystem/rag/src/main.js';

let run: PretendedRun;

beforeEach(() => {
  run = new PretendedRun();
});
afterEach(() => run.end());

describe.each(WAYS)('the process that is broken, from %s', (_way, list) => {
  const findPid = async (): Promise<number | undefined> => findTarget(run.stateDir, 'rag', list).service.findPid();

  it('is the service that the agent has started', async () => {
    const agent = await run.runAgent(run.write(SCRIPT, STAYS));
    await run.writeDown(agent.pid);
    expect(await findPid()).toBe(agent.says);
  });

  it('is nobody when the agent has started something else', async () => {
    const agent = await run.runAgent(run.write('somebody-elses.cjs', STAYS));
    await run.writeDown(agent.pid);
    expect(await findPid()).toBeUndefined();
  });

  it('is nobody when the number of the agent is another program by now', async () => {
    const stranger = await run.run(run.write(SCRIPT, STAYS));
    await run.writeDown(stranger.pid);
    expect(await findPid()).toBeUndefined();
  });
});
