import type { DoubtStage } from './doubt-stage.ts';

/** How an append comes to be in doubt. */
export interface Doubt {
  readonly name: string;
  /** Whether it was committed then, so that its repetition has to find it. */
  readonly isCommitted: boolean;
  /** Sends while things go wrong, and puts them right; resolves when all was sent that there is. */
  readonly run: (stage: DoubtStage, send: () => Promise<void>) => Promise<void>;
}

/** At one and the same moment of a commit: it is done, and nobody was told. */
async function whileCommitHangs(stage: DoubtStage, send: () => Promise<void>, strike: () => Promise<void>): Promise<void> {
  await stage.troubles.hangCommits();
  const sent = send();
  await stage.untilWaiting('SyncRep');
  await strike();
  await stage.troubles.recover();
  await sent;
}

async function inTheMiddle(stage: DoubtStage, send: () => Promise<void>, strike: () => Promise<void>): Promise<void> {
  let sent: Promise<void> | undefined;
  await stage.holdLog(async () => {
    sent = send();
    await stage.untilWaiting('Lock');
    await strike();
  });
  await sent;
}

export const DOUBTS: readonly Doubt[] = [
  {
    name: 'answer lost',
    isCommitted: true,
    run: (stage, send) => {
      stage.proxy.loseNextAnswer();
      return send();
    },
  },
  {
    name: 'request lost',
    isCommitted: false,
    run: (stage, send) => {
      stage.proxy.loseNextRequest();
      return send();
    },
  },
  {
    name: 'backend ended while its commit waits for a standby',
    isCommitted: true,
    run: (stage, send) => whileCommitHangs(stage, send, () => stage.endAppender()),
  },
  {
    name: 'backend ended in its statement',
    isCommitted: false,
    run: (stage, send) => inTheMiddle(stage, send, () => stage.endAppender()),
  },
  {
    name: 'server killed while the commit waits for a standby',
    isCommitted: true,
    run: (stage, send) =>
      whileCommitHangs(stage, send, async () => {
        // Or the server that is started would wait for it, too.
        await stage.troubles.forget();
        await stage.killServer();
      }),
  },
  {
    name: 'server killed in the statement',
    isCommitted: false,
    run: (stage, send) => inTheMiddle(stage, send, () => stage.killServer()),
  },
];
