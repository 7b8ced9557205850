// Servers of the tests on free loopback ports: well-behaved ones over node:http, hostile ones over plain sockets.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A running server. */
export interface TestServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Whether a handler that failed can still say so. */
const fail = (response: ServerResponse, error: unknown): void => {
  if (!response.headersSent) response.writeHead(599);
  response.end(String(error));
};

/** An HTTP server. */
export const serve = async (
  handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<TestServer> => {
  const listener: RequestListener = (request, response) => {
    void (async () => handler(request, response))().catch((error: unknown) => fail(response, error));
  };
  const server = createServer(listener);
  const port = await listen(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await closed(server);
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
};

/** A server that does with each connection what it likes. */
export const serveRaw = async (onSocket: (socket: Socket) => void): Promise<TestServer> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
};

/** A port on which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const server = await serveRaw(() => undefined);
  await server.close();
  return server.port;
};

/** The body of a request as text. */
export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};
