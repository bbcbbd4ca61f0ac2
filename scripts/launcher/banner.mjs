/** What to look at, and what to try next. */
export function renderBanner({ seconds, url, ecosystem, stateDir }) {
  const gateway = ecosystem?.services.find(({ role }) => role === 'gateway');
  const lines = [
    '',
    `Zantara is ready after ${seconds.toFixed(1)} s`,
    '',
    `  page       ${url}`,
    ...(ecosystem
      ? [`  gateway    ${gateway.url}/rag/ask?question=What+is+Zantara`, `  users      ${ecosystem.users.url}/stats`]
      : []),
    `  state      ${stateDir}   logs in ${stateDir}/logs`,
    '',
    ...(ecosystem
      ? [
          'Open the page. Then break something in a second terminal, and watch it heal:',
          '  npm run break -- service-down --service rag',
        ]
      : ['Look at the log:', '  npm run zantara -- tail']),
    '',
    'Ctrl-C stops everything.',
    '',
  ];
  return lines.join('\n');
}
