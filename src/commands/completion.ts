// `holdpoint completion SHELL`: a script that completes verbs, flags and profiles, made of the command line itself.
import type { Command } from 'commander';
import { nearest, UsageError } from '../kit/index.ts';
import { listEnvironments, listProfiles, projectRoot } from '../profile/index.ts';
import type { Context } from './context.ts';

/** One verb as a shell completes it. */
export interface Verb {
  name: string;
  about: string;
  flags: { long: string; about: string; takesValue: boolean }[];
  /** Its words are names of profiles. */
  takesProfiles: boolean;
}

/** The verbs of the command line with their flags. */
export const verbsOf = (cli: Command): Verb[] =>
  cli.commands.map((command) => ({
    name: command.name(),
    about: oneLine(command.description()),
    takesProfiles: command.registeredArguments.some((argument) => /^profiles?$/.test(argument.name())),
    flags: [
      ...command.options.map(({ long, description, required, optional }) => ({
        long: long ?? '',
        about: oneLine(description),
        takesValue: required || optional,
      })),
      { long: '--help', about: 'how to use it', takesValue: false },
    ],
  }));

/** A description within quotes of every shell: without quotes, brackets, colons and dollars. */
const oneLine = (text: string): string => text.replaceAll(/["'`$\\[\]]/g, '').replaceAll(':', ',');

const bash = (verbs: readonly Verb[]): string => `# holdpoint completion for bash: eval "$(holdpoint completion bash)"
_holdpoint() {
  local word=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} flags= names=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case $verb in
${verbs.map(bashCase).join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif [ -n "$names" ]; then
    COMPREPLY=($(compgen -W "$(holdpoint completion profiles 2>/dev/null)" -- "$word"))
    [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _holdpoint holdpoint
`;

const bashCase = ({ name, flags, takesProfiles }: Verb): string =>
  `    ${name}) flags="${flags.map(({ long }) => long).join(' ')}"${takesProfiles ? ' names=1' : ''} ;;`;

const zsh = (verbs: readonly Verb[]): string => `#compdef holdpoint
# holdpoint completion for zsh: holdpoint completion zsh > "\${fpath[1]}/_holdpoint"
_holdpoint_profiles() { compadd -- \${(f)"$(holdpoint completion profiles 2>/dev/null)"} || _files }
_holdpoint() {
  local -a verbs=(
${verbs.map(({ name, about }) => `    '${name}:${about}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${verbs.map(zshCase).join('\n')}
  esac
}
compdef _holdpoint holdpoint
`;

const zshCase = ({ name, flags, takesProfiles }: Verb): string => {
  const options = flags.map(({ long, about, takesValue }) => `'${long}[${about}]${takesValue ? ':value:_files' : ''}'`);
  const words = takesProfiles ? `'*:profile:_holdpoint_profiles'` : `'*:file:_files'`;
  return `    ${name}) _arguments ${[...options, words].join(' ')} ;;`;
};

const fish = (
  verbs: readonly Verb[],
): string => `# holdpoint completion for fish: holdpoint completion fish > ~/.config/fish/completions/holdpoint.fish
complete -c holdpoint -n __fish_use_subcommand -f
${verbs.map(({ name, about }) => `complete -c holdpoint -n __fish_use_subcommand -a ${name} -d '${about}'`).join('\n')}
${verbs.flatMap(fishLines).join('\n')}
`;

const fishLines = ({ name, flags, takesProfiles }: Verb): string[] => {
  const within = `complete -c holdpoint -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...flags.map(
      ({ long, about, takesValue }) => `${within} -l ${long.slice(2)} -d '${about}'${takesValue ? ' -r' : ''}`,
    ),
    ...(takesProfiles ? [`${within} -a '(holdpoint completion profiles 2>/dev/null)'`] : []),
  ];
};

const scripts = { bash, zsh, fish } as const;

const isShell = (name: string): name is keyof typeof scripts => Object.hasOwn(scripts, name);

/** Prints the script of a shell; `profiles` prints the names that the scripts complete. */
export const completionCommand = async (shell: string, cli: Command, context: Context): Promise<number> => {
  if (shell !== 'profiles' && !isShell(shell))
    throw new UsageError(`there is no completion for "${shell}"; ${nearest(shell, Object.keys(scripts))}`);
  const text = isShell(shell) ? scripts[shell](verbsOf(cli)) : await profileLines(context);
  context.stdout.write(text);
  return 0;
};

/** Each profile, and each with its environments; a broken one has none. */
const profileLines = async ({ cwd, io }: Context): Promise<string> => {
  const root = await projectRoot(cwd, io.files);
  const names = root === undefined ? [] : await listProfiles(root, io.files);
  const all = await Promise.all(
    names.map(async (name) => {
      const environments = await listEnvironments(name, cwd, { io, parsed: new Map() }).catch(() => []);
      return [name, ...environments.map((environment) => `${name}/${environment}`)];
    }),
  );
  return all
    .flat()
    .map((name) => `${name}\n`)
    .join('');
};
