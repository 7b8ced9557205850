// Command lines of deploy systems that are not here: programs on PATH that log each call and replay documented outputs.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploySystem } from '../rollback/platform-contract.ts';
import { tempFolder } from './temp-folder.ts';

/** What is deployed: v1, v2 or v3, or v1 once more after going back. */
export type State = 'v1' | 'v2' | 'v3' | 'back';

/** The call of a program, word by word as a shell would print it, and what it answers in each state. */
export interface Reading {
  call: string;
  answer(state: State): string;
}

export interface Recording {
  /** Where the outputs are documented. */
  source: string;
  settings: unknown;
  readings: readonly Reading[];
  /** The call that goes back to v1. */
  act: string;
  /** What it prints. */
  acted?: string;
  /** What the programs say when somebody has deployed meanwhile; only for a fence on the server. */
  refused?: { exit: number; text: string };
  revision?: DeploySystem['revision'];
  state?: State;
}

export interface RecordedSystem extends DeploySystem {
  /** Every call so far, `helm history auth`. */
  calls(): Promise<string[]>;
  /** What the act got by its standard input. */
  body(): Promise<string>;
  /** Replaces the answer of one reading. */
  answer(call: string, text: string): Promise<void>;
  /** Makes one call fail. */
  failing(call: string, exit: number, text: string): Promise<void>;
}

const states: readonly State[] = ['v1', 'v2', 'v3', 'back'];

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const programText = (
  root: string,
  { readings, act, acted = 'done', refused = { exit: 1, text: 'conflict' } }: Recording,
): string => `#!/bin/sh
cd ${quoted(root)}/recorded
line="\${0##*/} $*"
printf '%s\\n' "$line" >> calls
read -r state < state
case "$line" in
${readings
  .map(
    ({ call }, index) => `${quoted(call)})
  [ -e hang ] && exec sleep 60
  [ -e blind ] && { echo 'connection refused' >&2; exit 1; }
  [ -e babble ] && { echo 'warning: hello'; exit 0; }
  [ -e "fail-${index}" ] && { cat "fail-${index}" >&2; exit "$(cat "exit-${index}")"; }
  [ -e "answer-${index}" ] && exec cat "answer-${index}"
  exec cat "$state-${index}" ;;`,
  )
  .join('\n')}
${quoted(act)})
  [ -c /dev/stdin ] || cat > body
  [ -e fail ] && { cat fail >&2; exit 7; }
  [ -e meanwhile ] && { echo v3 > state; echo ${quoted(refused.text)}${refused.exit === 0 ? '' : ' >&2'}; exit ${refused.exit}; }
  [ -e lie ] || echo back > state
  echo ${quoted(acted)} ;;
*) echo "the recording does not know: $line" >&2; exit 64 ;;
esac
`;

/** Sets the programs up; v2 is deployed. */
export const recordedSystem = async (recording: Recording): Promise<RecordedSystem> => {
  const root = await tempFolder();
  const { readings, act, settings, revision } = recording;
  const at = (name: string): string => join(root, 'recorded', name);
  await mkdir(join(root, 'recorded'));
  await mkdir(join(root, 'bin'));
  const enter = (state: State): Promise<void> => writeFile(at('state'), `${state}\n`);
  await enter(recording.state ?? 'v2');
  await writeFile(at('calls'), '');
  await Promise.all(
    readings.flatMap(({ answer }, index) => states.map((state) => writeFile(at(`${state}-${index}`), answer(state)))),
  );
  const programs = new Set([...readings.map(({ call }) => call), act].map((call) => call.split(' ')[0] ?? ''));
  for (const program of programs) {
    await writeFile(join(root, 'bin', program), programText(root, recording));
    await chmod(join(root, 'bin', program), 0o755);
  }
  const indexOf = (call: string): number => {
    const index = readings.findIndex((reading) => reading.call === call);
    if (index < 0) throw new Error(`the recording does not know: ${call}`);
    return index;
  };
  return {
    root,
    settings,
    env: { HOME: root, PATH: `${join(root, 'bin')}:${process.env['PATH']}` },
    ...(revision ? { revision } : {}),
    deploy: (wanted) => enter(wanted as State),
    lie: () => writeFile(at('lie'), ''),
    fail: (text) => writeFile(at('fail'), text),
    blind: () => writeFile(at('blind'), ''),
    babble: () => writeFile(at('babble'), ''),
    hang: () => writeFile(at('hang'), ''),
    meanwhile: () => writeFile(at('meanwhile'), ''),
    calls: async () => (await readFile(at('calls'), 'utf8')).split('\n').filter((line) => line !== ''),
    body: () => readFile(at('body'), 'utf8'),
    answer: (call, text) => writeFile(at(`answer-${indexOf(call)}`), text),
    failing: async (call, exit, text) => {
      await rm(at(`answer-${indexOf(call)}`), { force: true });
      await writeFile(at(`exit-${indexOf(call)}`), String(exit));
      await writeFile(at(`fail-${indexOf(call)}`), text);
    },
  };
};
