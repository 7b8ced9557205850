// `holdpoint validate` without the parser of the command line: the one bundle that is kept ready to run (see build.mjs).
import { createOfflineIo } from '../io/offline.ts';
import { ownPackage } from '../io/package.ts';
import { endWith } from './process-end.ts';
import { tell } from './tell.ts';
import { validateCommand } from './validate.ts';

/** `words`: names of profiles and `--show`, nothing else; bin/holdpoint.cjs sees to that. */
const main = async (words: readonly string[]): Promise<number> => {
  const { root } = ownPackage();
  const names = words.filter((word) => word !== '--show');
  const { stdout, stderr, env } = process;
  const world = { cwd: process.cwd(), io: createOfflineIo(env), packageRoot: root, stdout, stderr };
  return validateCommand(names, { show: names.length < words.length }, world);
};

endWith(main(process.argv.slice(3)).catch(tell));
