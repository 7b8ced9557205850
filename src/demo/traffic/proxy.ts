// A round-robin proxy: one request to this instance, the next to that one, whatever they answer.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A running proxy. */
export interface Proxy {
  port: number;
  close(): Promise<void>;
}

const unreachable = (response: ServerResponse): void => {
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { 'content-type': 'text/plain' }).end('the instance does not answer\n');
};

const forward = (target: string, incoming: IncomingMessage, response: ServerResponse): void => {
  const outgoing = request(
    new URL(incoming.url ?? '/', target),
    { method: incoming.method ?? 'GET', headers: incoming.headers, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on('error', () => unreachable(response));
  incoming.pipe(outgoing);
};

/** Listens on `port` of the loopback interface (0 picks a free one) and forwards to `targets` in turn. */
export const startProxy = async (port: number, targets: readonly string[]): Promise<Proxy> => {
  let turn = 0;
  const server = createServer((incoming, response) => {
    const target = targets[turn % targets.length] ?? '';
    turn += 1;
    forward(target, incoming, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
