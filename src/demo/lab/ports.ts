// Picks free ports on the loopback interface.
import { createServer } from 'node:net';

// Below the range from which Linux (32768 up) and macOS (49152 up) take the ports of outgoing connections: one of those
// could otherwise sit on the service's port in the moment of a restart.
const lowest = 20_000;
const highest = 32_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port of 127.0.0.1 that nobody listens on, and that is not in `taken`. */
export const freePort = async (taken: readonly number[] = []): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port between ${lowest} and ${highest} on 127.0.0.1 in 100 attempts`);
};
