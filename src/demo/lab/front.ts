// What users call: the one instance, or a proxy in front of several.
import type { Caretaker } from './caretaker.ts';
import { program } from './program.ts';
import type { Instance } from './supervisor.ts';

/** The address of a port of this machine. */
export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/** One instance answers by itself; several stand behind a proxy on `port`. Returns the address for users. */
export const startFront = async (
  caretaker: Caretaker,
  instances: readonly Instance[],
  port: number,
): Promise<string> => {
  const [only] = instances;
  if (only && instances.length === 1) return urlOf(only.port);
  await caretaker.start({
    name: 'the proxy',
    argv: [process.execPath, program('proxy')],
    cwd: caretaker.folder,
    env: { PROXY_PORT: String(port), PROXY_TARGETS: instances.map((instance) => urlOf(instance.port)).join(',') },
    ready: 'ready',
    farewell: [['SIGTERM', 1000]],
  });
  return urlOf(port);
};
