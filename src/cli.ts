// Where the process begins and ends: arguments in, exit code out, every error told once.
import { CommanderError } from 'commander';
import { processContext } from './commands/process-context.ts';
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

/** Milliseconds that something left open may hold the process back after its work is done. */
const patience = 2000;

// Work that never settles (a plugin that waits for nothing) lets Node end by itself: that must not look like a pass.
process.exitCode = 1;
// No top-level await: this is also built as a script, whose compiled code Node 20 can keep.
void main(process.argv).then((exitCode) => {
  // exitCode, not exit(): what still has to be written reaches its reader first.
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), patience).unref();
});
