// The one place, with cli.ts, that touches the process: its streams, signals, environment and self-measurement.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { createIo } from '../io/index.ts';
import type { Context, Faults, Interrupts } from './context.ts';
import { tell } from './tell.ts';

/** Exit codes of a second signal: the shell's convention, 128 + signal. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** The context of a real command line. */
export const processContext = (packageRoot: string, version: string): Context => {
  const { interrupts, onSignal } = listen();
  const rest = {
    cwd: process.cwd(),
    packageRoot,
    version,
    // Asked opens the stream, which costs as much as a look: most runs never ask.
    stdin: {
      get isTTY() {
        return process.stdin.isTTY;
      },
    },
    stdout: process.stdout,
    stderr: process.stderr,
    interrupts,
    faults: catchFaults(),
    ask: (question: string) => ask(question, process.stderr, () => onSignal('SIGINT')),
    askHidden: (question: string) => askHidden(question, () => onSignal('SIGINT')),
    usage: measure(),
  };
  sparePeakMemory();
  const inEnv = (env: Readonly<Record<string, string | undefined>>): Context => ({
    ...rest,
    env: (name) => env[name],
    io: createIo({ version, env }),
    withEnv: (more) => inEnv({ ...more, ...env }),
  });
  return inEnv(process.env);
};

const listen = (): { interrupts: Interrupts; onSignal(signal: keyof typeof codes): void } => {
  const controller = new AbortController();
  let by: keyof typeof codes | undefined;
  const onSignal = (signal: keyof typeof codes): void => {
    if (by !== undefined) process.exit(codes[signal]);
    by = signal;
    controller.abort(signal);
  };
  process.on('SIGINT', () => onSignal('SIGINT'));
  process.on('SIGTERM', () => onSignal('SIGTERM'));
  return { interrupts: { signal: controller.signal, by: () => by }, onSignal };
};

const catchFaults = (): Faults => {
  const controller = new AbortController();
  let keepers = 0;
  process.on('uncaughtException', (thrown) => {
    if (keepers === 0) process.exit(tell(thrown));
    controller.abort(thrown);
  });
  const keep = (): (() => void) => {
    keepers += 1;
    return () => void (keepers -= 1);
  };
  return { signal: controller.signal, keep };
};

/** While a question stands, the terminal hands Ctrl-C to us as a key. Ctrl-D and a terminal that goes away answer nothing. */
const ask = (question: string, output: NodeJS.WriteStream | undefined, onCtrlC: () => void): Promise<string> =>
  new Promise((resolve) => {
    // With `terminal` and no output the keys are read one by one, and none is shown.
    const shown = output === undefined ? { terminal: process.stdin.isTTY } : { output };
    const lines = createInterface({ input: process.stdin, ...shown });
    const answer = (text: string): void => {
      resolve(text);
      lines.close();
    };
    lines.once('SIGINT', () => {
      onCtrlC();
      answer('');
    });
    lines.once('close', () => resolve(''));
    lines.question(question, answer);
  });

/** The question stands before the terminal stops to echo, and the line ends behind the answer that nobody saw. */
const askHidden = async (question: string, onCtrlC: () => void): Promise<string> => {
  process.stderr.write(question);
  const answer = await ask('', undefined, onCtrlC);
  process.stderr.write('\n');
  return answer;
};

/**
 * undici parses HTTP in WebAssembly. Optimising that module takes 30 MB at its first request, for a program that sends a
 * few requests a second (measured on Node 20: a peak of 110 MB against 77 MB; newer ones stay near 100 MB either way).
 */
const sparePeakMemory = (): void => setFlagsFromString('--liftoff-only');

/** Resolution in milliseconds of the event-loop histogram; a delay is what it shows beyond that. */
const resolution = 10;

const measure = (): Context['usage'] => {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return () => ({
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    eventLoopDelayP99Ms: Math.max(0, Math.round(delay.percentile(99) / 1e6 - resolution)),
  });
};
