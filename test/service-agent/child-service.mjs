// A service for an agent to supervise. Each start leaves a line in LEDGER: the truth about restarts, whatever the agent says.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

appendFileSync(process.env.LEDGER, `${process.pid}\n`);
const mode = existsSync(process.env.MODE_FILE) ? readFileSync(process.env.MODE_FILE, 'utf8').trim() : '';
if (mode === 'broken') {
  process.stderr.write(`${'cannot start: password=hunter2'}\n`);
  process.exit(3);
}

const server = createServer((request, response) => {
  // A drain that never ends holds the agent in the middle of a restart.
  if (request.url === '/drain') return;
  response.writeHead(mode === 'unready' ? 503 : 200).end();
});
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen(Number(process.env.PORT), '127.0.0.1', () =>
  process.stdout.write('listening, Authorization: Bearer topsecrettoken\n'),
);
process.on('SIGTERM', () => mode !== 'deaf' && process.exit(0));
