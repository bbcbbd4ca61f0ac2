const list = (subjects) => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

/** Allow-lists only: the server refuses what isn't listed. A user without permissions may do everything. */
const user = ({ publicKey, permissions }) => {
  if (permissions === undefined) return `    { nkey: ${publicKey} }`;
  const { publish, subscribe } = permissions;
  return `    { nkey: ${publicKey}, permissions: { publish: ${list(publish)}, subscribe: ${list(subscribe)} } }`;
};

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
authorization {
  timeout: 5
  users: [
${users.map(user).join('\n')}
  ]
}
`;
