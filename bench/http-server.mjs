// The service that the HTTP measurements ask: answers JSON at once, or after 100 ms under /slow. Tells its port.
import { createServer } from 'node:http';

const answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');

const server = createServer((request, response) => {
  if (request.url?.startsWith('/slow')) setTimeout(() => answer(response), 100);
  else answer(response);
});
// A backlog for everybody at once: 511 is the default.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.(server.address().port));
process.on('disconnect', () => process.exit());
