// `holdpoint validate` without the parser of the command line: the one bundle that is kept ready to run (see build.mjs).
import { textAtOnce } from '../io/at-once.ts';
import { createOfflineIo } from '../io/offline.ts';
import { ownPackage } from '../io/package.ts';
import { endWith } from './process-end.ts';
import { tell } from './tell.ts';
import { validateCommand } from './validate.ts';

/** `words`: names of profiles and `--show`, nothing else; bin/holdpoint.cjs sees to that. */
const main = async (words: readonly string[]): Promise<number> => {
  const { root } = ownPackage();
  const names = words.filter((word) => word !== '--show');
  let isLost = false;
  const stdout = textAtOnce(
    1,
    () => process.stdout,
    (message) => {
      isLost = true;
      stderr.write(`holdpoint: stdout was cut short: ${message}\n`);
    },
  );
  const io = createOfflineIo(process.env);
  const world = { cwd: process.cwd(), io, packageRoot: root, stdout, stderr };
  const exitCode = await validateCommand(names, { show: names.length < words.length }, world);
  // What was asked for and could not be written is no success.
  return isLost && exitCode === 0 ? 2 : exitCode;
};

const stderr = textAtOnce(
  2,
  () => process.stderr,
  () => undefined,
);

endWith(main(process.argv.slice(3)).catch((error: unknown) => tell(error, stderr)));
