// An edge of the world for tests: real HTTP and clock where asked for, and a refusal for everything that was not given.
import { createClock } from '../../src/io/clock.ts';
import { createHttp } from '../../src/io/http.ts';
import type { Clock, Io } from '../../src/kit/io.ts';

const refuse = (part: string): never => {
  throw new Error(`the test gave no ${part}`);
};

const refusing = <Part extends keyof Io>(part: Part): Io[Part] =>
  new Proxy({}, { get: (_, name) => refuse(`${part}.${String(name)}`) }) as Io[Part];

/** The real clock. */
export const realClock: Clock = createClock();

/** Only what is given works; the rest refuses every call. */
export const fakeIo = (given: Partial<Io> = {}): Io => ({
  clock: refusing('clock'),
  files: refusing('files'),
  http: refusing('http'),
  postgres: refusing('postgres'),
  mysql: refusing('mysql'),
  processes: refusing('processes'),
  modules: refusing('modules'),
  env: (name) => refuse(`env ${name}`),
  ...given,
});

/** Real HTTP and the real clock, nothing else. Close it. */
export const networkIo = (): Io & { close(): Promise<void> } => {
  const http = createHttp({ version: '0.0.0-test' });
  return { ...fakeIo({ http, clock: realClock }), close: () => http.close() };
};
