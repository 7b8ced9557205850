// Where the process begins and ends: arguments in, exit code out, every error told once.
import { CommanderError } from 'commander';
import { processContext } from './commands/process-context.ts';
import { program } from './commands/program.ts';
import { ownPackage } from './io/package.ts';
import { UsageError } from './kit/errors.ts';

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
    return tell(error);
  }
};

/** Usage errors are sentences and exit 2; another run's lock is 75; anything else is a bug and shows its stack. */
const tell = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof Error && error.name === 'Locked') {
    process.stderr.write(`${error.message}\n`);
    return 75;
  }
  process.stderr.write(
    `This is a bug in holdpoint; please report it with these lines.\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
};

/** Milliseconds that something left open may hold the process back after its work is done. */
const patience = 2000;

// exitCode, not exit(): what still has to be written reaches its reader first.
process.exitCode = await main(process.argv);
setTimeout(() => process.exit(), patience).unref();
