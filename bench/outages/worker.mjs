// A service with nothing to do: what the agent under test watches and restarts. It ends in order when it is told to. Where a bench
// counts its starts it writes each of them down itself, whoever made it and whatever that one says.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , port] = process.argv;
const { STARTS_FILE: startsFile, LAST_WORDS: lastWords } = process.env;
if (startsFile !== undefined) appendFileSync(startsFile, `${process.pid}\n`);
// Its agent saves what a service said last, and tells it with what came of a restart.
if (lastWords !== undefined) console.log(lastWords);
const server = createServer((request, response) => {
  response.writeHead(request.url === '/health' ? 200 : 404).end();
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => server.close());
