// Idle connections to a Postgres server, as bare sockets: they cost the measuring process next to nothing.
import { once } from 'node:events';
import { connect } from 'node:net';

/** The StartupMessage of protocol 3.0: length, version, pairs of names and values, an empty name. */
function startup(parameters) {
  const text = `${Object.entries(parameters).flat().join('\0')}\0\0`;
  const message = Buffer.alloc(8 + Buffer.byteLength(text));
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(196_608, 4);
  message.write(text, 8);
  return message;
}

/** ReadyForQuery, idle: what a server sends once a session stands. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

async function backend(port, parameters) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(startup(parameters));
  let answer = Buffer.alloc(0);
  while (!answer.includes(ready)) {
    const [data] = await once(socket, 'data');
    answer = Buffer.concat([answer, data]);
    if (answer[0] === 0x45) throw new Error(`the server refused an idle connection: ${answer.toString('latin1')}`);
  }
  return socket;
}

/** So many sessions of a role that needs no password; `close` ends them. */
export async function idleBackends(port, number, { user, database, application }) {
  const parameters = { user, database, application_name: application };
  const sockets = [];
  // In small groups, because the server starts a process for each.
  while (sockets.length < number) {
    const group = Math.min(20, number - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: group }, () => backend(port, parameters)))));
  }
  const close = async () => {
    const gone = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.destroy();
    await Promise.all(gone);
  };
  return { close };
}

/** Lines of pg_hba.conf by which this role needs no password, and everybody else does. */
export const withoutPassword = (user) =>
  `host all ${user} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`;
