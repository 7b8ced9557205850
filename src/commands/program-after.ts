// The verbs around a run: what was, what would have been, what a word means, and how to begin.
import { type Command, Option } from 'commander';
import { UsageError } from '../kit/errors.ts';
import type { Context } from './context.ts';
import { append, type Done, duration, positive } from './program-options.ts';

/** Adds one verb. */
export const addReplay = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('replay')
    .description('before I need it: would another profile have decided otherwise? would this one have cried wolf?')
    .argument('[record]', 'a file that a run has saved, or the id of a run; with --over: the profile')
    .argument('[profile]', 'name[/environment] in deploy-profiles/, or a path')
    .addOption(
      new Option('--over <duration>', 'replay the rule over so much history of the sources').argParser(duration),
    )
    .addOption(
      new Option('--deploys-per-month <number>', 'for the expected false rollbacks a month').argParser(positive),
    )
    .option('--report-only', 'end with 0 whatever the new decision is', false)
    .option('--reporter <name[=file]>', 'report the run as it would have been; may be given several times', append, [])
    .option('--store <folder>', 'where records are kept (default: .holdpoint beside deploy-profiles)')
    .option('--env-file <file>', 'lines NAME=value for ${env:NAME} and ${secret:NAME}')
    .addHelpText(
      'after',
      '\nExamples:\n  holdpoint replay .holdpoint/runs/RECORD.json auth/production --report-only\n  holdpoint replay --over 7d auth/production --deploys-per-month 60',
    )
    .action(async (record, profile, options) => {
      if (options.over !== undefined) {
        const { replayOverCommand } = await import('./replay-over.ts');
        return done(await replayOverCommand(record, profile, { ...options, over: options.over }, context));
      }
      const { replayCommand } = await import('./replay.ts');
      done(await replayCommand(record, profile, options, context));
    });
};

/** Adds one verb. */
export const addShow = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('show')
    .description('afterwards: earlier runs; without arguments the list')
    .argument('[run]', 'id of a run')
    .option('--last', 'the newest run', false)
    .option('--service <name>', 'SERVICE or SERVICE/ENVIRONMENT: only its runs')
    .addOption(
      new Option('--mark <word>', 'was it right to ask for a rollback? right or wrong').choices(['right', 'wrong']),
    )
    .option('--reporter <name[=file]>', 'how to report; may be given several times', append, [])
    .option('--store <url>', 'where records are kept (default: HOLDPOINT_STORE, else .holdpoint)')
    .addHelpText(
      'after',
      '\nExamples:\n  holdpoint show --last --reporter slack\n  holdpoint show 20261122T150405-3f9a2c --mark right',
    )
    .action(async (run, options) => {
      const { showCommand } = await import('./show.ts');
      done(await showCommand(run, options, context));
    });
};

/** Adds one verb. */
export const addExplain = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('explain')
    .description('what a kind, source, platform, reporter, reason or exit code means; `schema`: the JSON Schemas')
    .argument('[topic]', 'its name')
    .argument('[name]', 'after `schema`: profile, record, or a kind of check')
    .option('--write <folder>', 'after `schema`: write all of them as files')
    .addHelpText('after', '\nExamples:\n  holdpoint explain slots_exhausted\n  holdpoint explain schema profile')
    .action(async (topic, name, options) => {
      const { explainCommand } = await import('./explain.ts');
      done(await explainCommand(topic, name, options, context));
    });
};

/** Adds one verb. */
export const addDemo = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('demo')
    .description('the incident, replayed on a real Postgres on this machine, in about a minute')
    .option('--scenario <name>', 'which one; "list" lists them', 'incident')
    .option('--reporter <name[=file]>', 'handed to `holdpoint run`; may be given several times', append, [])
    .addHelpText('after', '\nExample:\n  holdpoint demo --scenario healthy')
    .action(async (options) => {
      const { demoCommand } = await import('./demo.ts');
      done(await demoCommand(options, context));
    });
};

/** Adds one verb. */
export const addCompletion = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('completion')
    .description('a script that completes verbs, flags and profiles in your shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', '\nExample:\n  eval "$(holdpoint completion bash)"')
    .action(async (shell) => {
      const { completionCommand } = await import('./completion.ts');
      done(await completionCommand(shell, cli, context));
    });
};

/** Adds one verb. */
export const addInit = (cli: Command, context: Context, done: Done): void => {
  cli
    .command('init')
    .description('a first profile: asks four questions, or takes flags; overwrites nothing')
    .argument('[words...]', '`check NAME -- curl …` writes a check instead')
    .option('--service <name>', 'name of the service')
    .option('--login <url>', 'the page where an account signs in')
    .option('--user <name>', 'an account of its own for the check')
    .option('--health <url>', 'a page that must answer with 200')
    .option('--role <name>', 'the role of the service on Postgres')
    .addHelpText(
      'after',
      '\nExamples:\n  holdpoint init --service auth --login https://auth.example.com/login --user smoke --role auth_svc\n  holdpoint init check health -- curl https://auth.example.com/health',
    )
    .action(async (words, options) => {
      if (words[0] === 'check') {
        const { initCheckCommand } = await import('./init-check.ts');
        return done(await initCheckCommand(words.slice(1), context));
      }
      if (words.length > 0) throw new UsageError('write `holdpoint init`, or `holdpoint init check NAME -- curl …`');
      const { initCommand } = await import('./init.ts');
      return done(await initCommand(options, context));
    });
};
