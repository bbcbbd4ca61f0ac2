const MAIN = 'zantara';

const list = (subjects) => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

/** Allow-lists only: the server refuses what isn't listed. A user without permissions may do everything in its account. */
const renderUser = ({ publicKey, permissions }) => {
  if (permissions === undefined) return `{ nkey: ${publicKey} }`;
  const { publish, subscribe } = permissions;
  return `{ nkey: ${publicKey}, permissions: { publish: ${list(publish)}, subscribe: ${list(subscribe)} } }`;
};

const isInbox = (subject) => subject.startsWith('_INBOX');
const servicesOf = ({ permissions }) => permissions.publish;
const streamsOf = ({ permissions }) => permissions.subscribe.filter((subject) => !isInbox(subject));
/** One pull is answered by many messages. */
const responseOf = (subject) => (subject.includes('.CONSUMER.MSG.NEXT.') ? ', response_type: stream' : '');

/** What of the main account goes where: by subject, the accounts that may have it. */
function groupBySubject(isolated, subjectsOf) {
  const groups = new Map();
  for (const user of isolated) {
    for (const subject of subjectsOf(user)) groups.set(subject, [...(groups.get(subject) ?? []), user.permissions.account]);
  }
  return [...groups];
}

const renderExports = (isolated) => [
  ...groupBySubject(isolated, servicesOf).map(
    ([subject, accounts]) => `{ service: ${JSON.stringify(subject)}${responseOf(subject)}, accounts: ${list(accounts)} }`,
  ),
  ...groupBySubject(isolated, streamsOf).map(
    ([subject, accounts]) => `{ stream: ${JSON.stringify(subject)}, accounts: ${list(accounts)} }`,
  ),
];

const renderImports = (user) => [
  ...servicesOf(user).map((subject) => `{ service: { account: ${MAIN}, subject: ${JSON.stringify(subject)} } }`),
  ...streamsOf(user).map((subject) => `{ stream: { account: ${MAIN}, subject: ${JSON.stringify(subject)} } }`),
];

const block = (name, lines) => `    ${name}: [\n${lines.map((line) => `      ${line}\n`).join('')}    ]`;

/** Whoever has an account of its own meets the others only through what is exported to it by name. */
function renderAccounts(users) {
  const isolated = users.filter(({ permissions }) => permissions?.account !== undefined);
  const main = users.filter((user) => !isolated.includes(user));
  const accounts = isolated.map(
    (user) => `  ${JSON.stringify(user.permissions.account)} {
${block('users', [renderUser(user)])}
${block('imports', renderImports(user))}
  }`,
  );
  return `  ${MAIN} {
    jetstream: enabled
${block('users', main.map(renderUser))}
${block('exports', renderExports(isolated))}
  }
${accounts.join('\n')}`;
}

/**
 * The configuration of nats-server: on this machine only, nobody without a key, and no WebSocket, MQTT or leaf-node door.
 * `sync_interval`: what a crash of the machine may take is sent again by the agents, whose outbox waits for the receipt.
 */
export const computeNatsConfig = ({ port, storeDir, users, maxMemory = '256MB', maxFile = '4GB' }) => `server_name: zantara
host: 127.0.0.1
port: ${port}
max_payload: 1MB
write_deadline: 10s
jetstream {
  store_dir: ${JSON.stringify(storeDir)}
  max_memory_store: ${maxMemory}
  max_file_store: ${maxFile}
  sync_interval: 1s
}
accounts {
${renderAccounts(users)}
}
`;
