/** What to look at, and what to try next. */
export function renderBanner({ seconds, url, example, stateDir }) {
  const lines = [
    '',
    `Zantara is ready after ${seconds.toFixed(1)} s`,
    '',
    `  API        ${url}   (ready: ${url}/health/ready)`,
    ...(example ? [`  example    ${example.url}   service "memory", pid ${example.pid ?? 'unknown'}`] : []),
    `  state      ${stateDir}   logs in ${stateDir}/logs`,
    '',
    ...(example
      ? [
          'Kill the example, and watch it being healed. In a second terminal:',
          '  npm run zantara -- tail',
          'and in a third:',
          `  kill -9 ${example.pid ?? '<pid>'}`,
        ]
      : ['Look at the log:', '  npm run zantara -- tail']),
    '',
    'Ctrl-C stops everything.',
    '',
  ];
  return lines.join('\n');
}
