// Where the process begins and ends: arguments in, exit code out, every error told once.
import { CommanderError } from 'commander';
import { processContext } from './commands/process-context.ts';
import { endWith } from './commands/process-end.ts';
import { program } from './commands/program.ts';
import { tell } from './commands/tell.ts';
import { ownPackage } from './io/package.ts';

const main = async (argv: readonly string[]): Promise<number> => {
  const { root, version } = ownPackage();
  let exitCode = 0;
  const cli = program(processContext(root, version), (code) => {
    exitCode = code;
  });
  for (const command of [cli, ...cli.commands]) command.exitOverride();
  try {
    await cli.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : tell(error);
  }
};

// No top-level await: this is also built as a script, whose compiled code Node 20 can keep.
endWith(main(process.argv));
