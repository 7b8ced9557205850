// Opens a `login` check against a real service, the way the engine does, and shows what it saw.
import { login } from '../../src/kinds/login/index.ts';
import type { LoginSeen } from '../../src/kinds/login/seen.ts';
import type { Clock } from '../../src/kit/io.ts';
import type { World } from '../../src/kit/kind.ts';
import type { History, Look, Phase, Sample, Verdict } from '../../src/kit/samples.ts';
import { networkIo } from './fake-io.ts';

/** An opened check. */
export interface OpenedLogin {
  look(phase?: Phase, timeout?: number): Promise<Look<LoginSeen>[]>;
  /** Name and value of everything that was learned. */
  learned: [string, string][];
  judge(looks: Look<LoginSeen>[], before?: Look<LoginSeen>[]): Verdict;
  close(): Promise<void>;
}

const samplesOf = (looks: Look<LoginSeen>[], phase: Phase): Sample<LoginSeen>[] =>
  looks.map((look, index) => ({ ...look, at: index * 1000, ms: 1, phase }));

const history = (looks: Look<LoginSeen>[], before: Look<LoginSeen>[] = []): History<LoginSeen> => ({
  baseline: { from: before.length > 0 ? 'captured' : 'none', samples: samplesOf(before, 'baseline') },
  samples: samplesOf(looks, 'hold'),
  control: [],
  marks: [],
  plan: { alpha: 0.01, beta: 0.05, units: 60, failAfter: 1, every: 1000, errorGrace: 3000, absolute: false },
  now: 100_000,
  ended: false,
});

const sharedWithNobody: World['shared'] = async (_, make) => ({
  value: (await make()).value,
  release: async () => undefined,
});

/** Opens a check. `clock`: another one than the real; `shared`: what it has in common with others. Close it. */
export const openLogin = async (
  raw: unknown,
  {
    clock,
    every = 60_000,
    shared = sharedWithNobody,
  }: { clock?: Clock; every?: number; shared?: World['shared'] } = {},
): Promise<OpenedLogin> => {
  const spec = login.spec.parse(raw);
  const network = networkIo();
  const io = clock ? { ...network, clock } : network;
  const learned: [string, string][] = [];
  const session = await login.open(spec, {
    io,
    check: 'login',
    root: '/',
    every,
    source: () => Promise.reject(new Error('no source')),
    shared,
    learn: (secret, name) => void learned.push([name, secret]),
    mark: () => undefined,
  });
  return {
    learned,
    look: (phase = 'hold', timeout = 5000) =>
      session.sample({ at: 0, phase, n: 0, signal: new AbortController().signal, timeout }),
    judge: (looks, before) => login.judge(history(looks, before), spec),
    close: async () => {
      await session.close();
      await network.close();
    },
  };
};

/** `sign in: granted`, one per step. */
export const stepsOf = (looks: Look<LoginSeen>[]): string[] =>
  looks.flatMap((look) => ('seen' in look ? look.seen.steps : [])).map(({ name, outcome }) => `${name}: ${outcome}`);

/** The sentence of a verdict without what differs from run to run: times and ports. */
export const wordsOf = ({ because }: Verdict): string =>
  because.replaceAll(/\d+(?:\.\d)? m?s\b/g, 'N ms').replaceAll(/:\d{4,5}/g, ':PORT');
