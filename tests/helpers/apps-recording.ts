// Stands between a check and an application and keeps every byte, so that a test knows the secrets that went by.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The traffic of one application. */
export interface Recording {
  url: string;
  port: number;
  /** `POST /login`, in the order of arrival. */
  requests(): string[];
  /** Values that nobody may see later: cookies, tokens, codes, hidden fields, what Authorization carried. */
  secrets(): string[];
  /** Forgets what has gone by. */
  clear(): void;
  close(): Promise<void>;
}

const tokenNames =
  'access_token|refresh_token|id_token|token|code|state|nonce|code_verifier|id_token_hint|SAMLResponse';

const patterns: readonly RegExp[] = [
  /^set-cookie: [^=\r\n]+=([^;\r\n]+)/gim,
  new RegExp(`"(?:${tokenNames})"\\s*:\\s*"([^"]+)"`, 'g'),
  new RegExp(`(?:[?&;]|^)(?:${tokenNames})=([^&\\s"';]+)`, 'gm'),
  /<input(?=[^>]*\btype="hidden")(?=[^>]*\bname="[^"]*(?:csrf|xsrf|token|nonce|state)[^"]*")[^>]*\bvalue="([^"]+)"/gi,
  /^authorization: (?:Bearer|Basic) (\S+)/gim,
];

/** Shorter values are words of every page. */
const shortest = 8;

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
};

const secretsIn = (traffic: string): string[] => {
  const found = patterns.flatMap((pattern) => [...traffic.matchAll(pattern)].map(([, value = '']) => value));
  return [...new Set(found.flatMap((value) => [value, decoded(value)]))].filter(({ length }) => length >= shortest);
};

const requestLine = /^([A-Z]+ \/\S*) HTTP\/1\.1\r?$/gm;

/** Listens on a free port and passes everything on to `target`. Close it. */
export const startRecording = async (target: number): Promise<Recording> => {
  /** Both directions of each connection. */
  let kept: { sent: Buffer[]; received: Buffer[] }[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const app = keep(connect({ port: target, host: '127.0.0.1', allowHalfOpen: true }));
    keep(client);
    const bytes = { sent: [] as Buffer[], received: [] as Buffer[] };
    kept.push(bytes);
    client.on('data', (chunk: Buffer) => bytes.sent.push(chunk)).pipe(app);
    app.on('data', (chunk: Buffer) => bytes.received.push(chunk)).pipe(client);
    // A connection that breaks on one side breaks on the other, as without us.
    client.on('error', () => app.destroy()).once('close', () => app.destroy());
    app.on('error', () => client.resetAndDestroy()).once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = (side: 'sent' | 'received'): string =>
    kept.map((bytes) => Buffer.concat(bytes[side]).toString('utf8')).join('\n');
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: () => [...text('sent').matchAll(requestLine)].map(([, line = '']) => line),
    secrets: () => secretsIn(`${text('sent')}\n${text('received')}`),
    clear: () => {
      kept = [];
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
