// The verbs and flags of the command line. Each verb's code is loaded only when it is typed.
import { Command, Help, Option } from 'commander';
import type { Context } from './context.ts';
import { helpTop } from './help.ts';
import { addCompletion, addDemo, addExplain, addInit, addReplay, addShow } from './program-after.ts';
import { type Done, duration, profileArgument, wait, withCommon } from './program-options.ts';
import { addDoctor, addFreeze, addRollback } from './program-rollback.ts';

/** The whole command line, ready to parse. */
export const program = (context: Context, done: Done): Command => {
  const cli = new Command('holdpoint')
    .description('After a deploy, works through a checklist against the real system: pass, block or roll back.')
    .version(context.version, '-V, --version')
    .addHelpText('before', helpTop)
    .configureHelp({ optionDescription })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  for (const add of [
    addRun,
    addCheck,
    addBaseline,
    addRollback,
    addFreeze,
    addValidate,
    addDoctor,
    addReplay,
    addShow,
    addExplain,
    addInit,
    addDemo,
    addCompletion,
  ])
    add(cli, context, done);
  return cli;
};

/** A default that is nothing says nothing. */
const optionDescription = (option: Option): string =>
  new Help().optionDescription(option).replace(/ \(default: (?:\[\]|false)\)$/, '');

const addRun = (cli: Command, context: Context, done: Done): void => {
  withCommon(cli.command('run').description('I deployed: verify the release, and roll back if it must be'))
    .argument(...profileArgument)
    .argument('[deploy...]', 'after --: the deploy command; then: baseline, deploy (watching), verify')
    .option('--release <label>', 'a label for people (default: the commit of the CI)')
    .option('--baseline <file>', 'a baseline that `holdpoint baseline --out` wrote')
    .option('--no-rollback', 'only judge; another job acts')
    .option('--shadow', 'compute everything, act on nothing, end with 0', false)
    .addOption(new Option('--deadline <duration>', 'replaces hold.deadline').argParser(duration))
    .addOption(wait())
    .addHelpText(
      'after',
      '\nExample:\n  holdpoint run auth/production --reporter plain --reporter json=record.json -- ./deploy.sh 9f3c1a2',
    )
    .action(async (profile, deploy, options) => {
      const { runCommand } = await import('./run.ts');
      done(await runCommand('run', profile, { ...options, deploy }, context));
    });
};

const addCheck = (cli: Command, context: Context, done: Done): void => {
  withCommon(cli.command('check').description('I fixed it by hand: recovered? what next? (read-only)'))
    .argument('[profile]', `${profileArgument[1]}; or the flags from --login on`)
    .addOption(new Option('--watch <duration>', 'keep looking for so long, then say to escalate').argParser(duration))
    .addOption(new Option('--deadline <duration>', 'replaces hold.deadline').argParser(duration))
    .option('--login <url>', 'without a profile: the page with the login form (password: asked, or HOLDPOINT_PASSWORD)')
    .option('--user <name>', 'without a profile: the account that signs in')
    .option('--probe <path>', 'without a profile: a page behind the login (default: /)')
    .option('--contains <text>', 'without a profile: a text on that page that only the account sees')
    .option(
      '--postgres <url>',
      'without a profile: the database server itself (password: in it, asked, or HOLDPOINT_POSTGRES_PASSWORD)',
    )
    .option('--role <name>', 'without a profile: the role of the service there (default: the one of the URL)')
    .addHelpText(
      'after',
      '\nExamples:\n  holdpoint check auth/production --watch 15m\n  holdpoint check --login https://auth.example.com/login --user smoke --postgres postgres://probe@db/auth',
    )
    .action(async (profile, options) => {
      const { checkCommand } = await import('./check.ts');
      done(await checkCommand(profile, options, context));
    });
};

const addBaseline = (cli: Command, context: Context, done: Done): void => {
  withCommon(cli.command('baseline').description('before a deploy: the live revision, connections, one login'))
    .argument(...profileArgument)
    .option('--release <label>', 'the release that is about to be deployed (default: the commit of the CI)')
    .option('--out <file>', 'write it to a file, too: for `run --baseline` on another machine')
    .addOption(wait())
    .addHelpText('after', '\nExample:\n  holdpoint baseline auth/production --release 9f3c1a2')
    .action(async (profile, options) => {
      const { baselineCommand } = await import('./baseline.ts');
      done(await baselineCommand(profile, options, context));
    });
};

const addValidate = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('validate')
    .description('before I need it: are the profiles right? offline, all problems at once')
    .argument('[profiles...]', 'names or paths (default: all in deploy-profiles/)')
    .option('--show', 'print the merged, redacted profile with the origin of each value', false)
    .addHelpText('after', '\nExample:\n  holdpoint validate auth/production --show')
    .action(async (profiles, options) => {
      const { validateCommand } = await import('./validate.ts');
      done(await validateCommand(profiles, options, context));
    });
};
