// The verbs around a rollback: going back by hand, and holding automatic rollbacks back.
import { type Command, Option } from 'commander';
import type { Context } from './context.ts';
import { type Done, duration, profileArgument, wait, withCommon } from './program-options.ts';

/** Adds one verb. */
export const addRollback = (cli: Command, context: Context, done: Done): void => {
  withCommon(cli.command('rollback').description('I want to go back: the plan first, asks, fenced, verified'))
    .argument(...profileArgument)
    .option('--to <revision>', 'the revision to go back to (default: the one of the newest baseline)')
    .option('--record <file>', 'carry out what a `run --no-rollback` has decided; all guards hold')
    .option('--yes', 'do not ask', false)
    .option('--drill', 'everything but the act', false)
    .addOption(wait())
    .addHelpText(
      'after',
      '\nExamples:\n  holdpoint rollback auth/production --to 77ab0\n  holdpoint rollback auth/production --record record.json',
    )
    .action(async (profile, options) => {
      const { rollbackCommand } = await import('./rollback.ts');
      done(await rollbackCommand(profile, options, context));
    });
};

/** Adds one verb. */
export const addFreeze = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('freeze')
    .description('no automatic rollback for a while; without arguments: what is frozen')
    .argument('[service]', 'SERVICE, or SERVICE/ENVIRONMENT for one of them')
    .addOption(new Option('--for <duration>', 'how long').argParser(duration))
    .option('--reason <text>', 'why; it is shown where a rollback is refused')
    .option('--lift', 'end it now', false)
    .option('--store <url>', 'where freezes are kept (default: HOLDPOINT_STORE, else .holdpoint)')
    .addHelpText('after', '\nExample:\n  holdpoint freeze auth --for 2h --reason "data migration under way"')
    .action(async (service, options) => {
      const { freezeCommand } = await import('./freeze.ts');
      done(await freezeCommand(service, options, context));
    });
};

/** Adds one verb. */
export const addDoctor = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('doctor')
    .description('before I need it: would a run and its rollback work? credentials, permissions, target, store')
    .argument(...profileArgument)
    .option('--store <url>', 'the store to look at (default: HOLDPOINT_STORE, else .holdpoint)')
    .option('--env-file <file>', 'lines NAME=value; variables that are set already win')
    .addHelpText(
      'after',
      '\nChanges nothing. 0: nothing failed, 10: something did.\n\nExample:\n  holdpoint doctor auth/production',
    )
    .action(async (profile, options) => {
      const { doctorCommand } = await import('./doctor.ts');
      done(await doctorCommand(profile, { reporter: [], only: [], skip: [], ...options }, context));
    });
};
