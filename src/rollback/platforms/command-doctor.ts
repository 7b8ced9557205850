// What can be proven of a profile's own commands while nothing is on fire: the ones that look are run, the other is not.
import { clip, type Finding, plural } from '../../kit/index.ts';
import { type Ask, failureOf, readDeadline, shellLine } from './commands.ts';
import { startFinding } from './programs.ts';

/** What `command` is asked by its doctor. */
export interface Examined {
  live: readonly string[];
  status: readonly string[] | undefined;
  candidates: readonly string[] | undefined;
  /** `undo` with a revision filled in, as it would be started. */
  undoOf(revision: string): readonly string[];
  /** Throws a sentence when it cannot be told. */
  revision(): Promise<string>;
  /** The revisions that `candidates` prints. Throws a sentence. */
  listed(): Promise<string[]>;
}

/** Only reads; the state of `undo` itself stays unknown, however well it could be started. */
export const examineCommands = async (given: Examined, ask: Ask): Promise<Finding[]> => {
  const { revision, finding } = await liveFinding(given);
  return [
    finding,
    ...(await statusFinding(given, ask)),
    ...(await candidatesFinding(given, revision)),
    ...(await undoFindings(given, revision ?? 'REVISION', ask)),
  ];
};

/** A revision that moves by itself (a time, a counter) would make every rollback look superseded. */
const liveFinding = async (given: Examined): Promise<{ revision?: string; finding: Finding }> => {
  const what = '`live` prints one revision, the same twice';
  const line = `\`${shellLine(given.live)}\``;
  const failed = (because: string, next: string): { finding: Finding } => ({
    finding: { what, state: 'failed', because, next },
  });
  try {
    const [first, second] = [await given.revision(), await given.revision()];
    if (first.startsWith('-'))
      return failed(`${line} printed ${first}: it could not be told from an option`, 'let it print the name alone');
    if (first !== second)
      return failed(
        `${line} printed ${first}, then ${second}`,
        'let it print what is deployed, without a time or a counter',
      );
    if (/\s/.test(first))
      return {
        finding: {
          what,
          state: 'unknown',
          because: `${line} printed "${clip(first, 80)}", with blanks: is all of it the revision?`,
          next: 'let it print the name of the revision alone as its last line',
        },
      };
    return { revision: first, finding: { what, state: 'ok', because: `${line} printed ${first}` } };
  } catch (error) {
    return failed((error as Error).message, 'run it by hand in the folder that holds deploy-profiles/');
  }
};

const statusFinding = async ({ status }: Examined, ask: Ask): Promise<Finding[]> => {
  if (status === undefined)
    return [
      {
        what: '`status` tells when every replica runs it',
        state: 'unknown',
        because: 'there is none: as soon as `live` prints a revision, it counts as rolled out',
        next: 'name a command that ends with 0 once the roll-out is complete',
      },
    ];
  const what = '`status` ends with 0 while nothing is rolled out';
  const finished = await ask.run(status);
  const failure = failureOf(status, finished, readDeadline);
  if (failure === undefined) return [{ what, state: 'ok', because: `\`${shellLine(status)}\` ended with 0` }];
  // A service that is unwell right now is no proof that the command is wrong.
  const state = finished.exit === undefined ? 'failed' : 'unknown';
  return [{ what, state, because: failure, next: 'run it by hand: a release whose status stays bad is never settled' }];
};

const candidatesFinding = async (given: Examined, revision: string | undefined): Promise<Finding[]> => {
  const what = '`candidates` lists what can be returned to';
  if (given.candidates === undefined)
    return [
      {
        what,
        state: 'unknown',
        because: 'there is none: that a target was cleaned up shows only when `undo` fails',
        next: 'name a command that prints one revision per line',
      },
    ];
  const line = `\`${shellLine(given.candidates)}\``;
  try {
    const all = await given.listed();
    if (revision === undefined || all.includes(revision))
      return [
        {
          what,
          state: 'ok',
          because: `${line} printed ${plural(all.length, 'revision')}: ${clip(all.join(', '), 120)}`,
        },
      ];
    return [
      {
        what,
        state: 'failed',
        because: `${line} printed ${plural(all.length, 'revision')} and not ${revision}, which is live: do both name revisions in the same way?`,
        next: 'let `candidates` print the same names as `live`',
      },
    ];
  } catch (error) {
    return [{ what, state: 'failed', because: (error as Error).message }];
  }
};

const undoFindings = async (given: Examined, revision: string, ask: Ask): Promise<Finding[]> => {
  const argv = given.undoOf(revision);
  return [
    await startFinding('`undo` could be started', argv, ask),
    {
      what: '`undo` does what it says',
      state: 'unknown',
      because: `\`${shellLine(argv)}\` cannot be tried without going back`,
      next: 'holdpoint rollback PROFILE --drill does everything else; roll back for practice in staging',
    },
  ];
};
