// A service with nothing to do: what the agent under test watches and restarts. It ends in order when it is told to.
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
const server = createServer((request, response) => {
  response.writeHead(request.url === '/health' ? 200 : 404).end();
});
server.listen(port, '127.0.0.1');
process.on('SIGTERM', () => server.close());
