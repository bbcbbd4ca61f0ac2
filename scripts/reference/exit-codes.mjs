const CLI_MEANINGS = {
  ok: 'it went well',
  failed: 'it failed',
  usage: 'wrong usage',
  notFound: 'there is no such thing',
  denied: 'not allowed',
  unreachable: 'the orchestrator can not be reached',
  conflict: 'something else has changed meanwhile',
  critical: 'a check found something critical',
};

/** @throws when the command line has an exit code that isn't explained here */
function cliCodes(exits) {
  return Object.entries(exits).map(([name, exit]) => {
    if (CLI_MEANINGS[name] === undefined) throw new Error(`scripts/reference/exit-codes.mjs: explain ${name}`);
    return { exit, meaning: CLI_MEANINGS[name] };
  });
}

const OTHERS = [
  {
    program: 'orchestrator (`dist/src/main.js`)',
    codes: [
      { exit: 0, meaning: 'stopped in order' },
      { exit: 1, meaning: 'could not start; what is wrong is on standard error' },
    ],
  },
  {
    program: 'service agent (`dist/libs/service-agent/src/main.js`)',
    codes: [
      { exit: 0, meaning: 'stopped in order, or the check of the configuration passed' },
      { exit: 1, meaning: 'failed' },
      { exit: 2, meaning: 'wrong usage or configuration' },
    ],
  },
  {
    program: '`npm start`',
    codes: [
      { exit: 0, meaning: 'stopped by Ctrl-C or a signal' },
      { exit: 1, meaning: 'a part could not start, or ended by itself' },
    ],
  },
  {
    program: '`npm run check`',
    codes: [
      { exit: 0, meaning: 'all steps passed' },
      { exit: 1, meaning: 'a step failed' },
      { exit: 2, meaning: 'no such step' },
    ],
  },
];

/** The programs and what their exit codes say. */
export const exitCodes = (cliExits) => [{ program: '`zantara`, the command line', codes: cliCodes(cliExits) }, ...OTHERS];
