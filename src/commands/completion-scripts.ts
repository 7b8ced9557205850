// The completion scripts of bash, zsh and fish, made of the verbs and flags of the command line.
import type { Command } from 'commander';

/** What `holdpoint completion NAME` lists while a line is typed. */
export const lists = ['profiles', 'topics', 'reporters', 'scenarios', 'shells'] as const;
export type List = (typeof lists)[number];

interface Flag {
  long: string;
  about: string;
  takesValue: boolean;
}

/** One verb as a shell completes it. */
interface Verb {
  name: string;
  about: string;
  flags: Flag[];
  /** What its words are; files where it is absent. */
  words?: List;
}

/** What an argument of that name is. */
const listOfWord: Readonly<Record<string, List>> = {
  profile: 'profiles',
  profiles: 'profiles',
  topic: 'topics',
  shell: 'shells',
};

/** What follows a flag; after all others stand files. */
const listOfFlag: Readonly<Record<string, List>> = { '--reporter': 'reporters', '--scenario': 'scenarios' };

const verbsOf = (cli: Command): Verb[] => cli.commands.map(verbOf);

const verbOf = (command: Command): Verb => {
  const words = command.registeredArguments.flatMap((argument) => listOfWord[argument.name()] ?? [])[0];
  const flags = command.options.map(({ long, description, required, optional }) => ({
    long: long ?? '',
    about: oneLine(description),
    takesValue: required || optional,
  }));
  return {
    name: command.name(),
    about: oneLine(command.description()),
    flags: [...flags, { long: '--help', about: 'how to use it', takesValue: false }],
    ...(words === undefined ? {} : { words }),
  };
};

/** A description within quotes of every shell: without quotes, brackets, colons and dollars. */
const oneLine = (text: string): string => text.replaceAll(/["'`$\\[\]]/g, '').replaceAll(':', ',');

const bash = (verbs: readonly Verb[]): string => `# holdpoint completion for bash: eval "$(holdpoint completion bash)"
_holdpoint() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} verb=\${COMP_WORDS[1]} flags= list=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case $verb in
${verbs.map(bashCase).join('\n')}
  esac
  case $before in
${Object.entries(listOfFlag)
  .map(([flag, list]) => `    ${flag}) list=${list} ;;`)
  .join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
    return
  fi
  [ -z "$list" ] || COMPREPLY=($(compgen -W "$(holdpoint completion "$list" 2>/dev/null)" -- "$word"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _holdpoint holdpoint
`;

const bashCase = ({ name, flags, words }: Verb): string =>
  `    ${name}) flags="${flags.map(({ long }) => long).join(' ')}"${words === undefined ? '' : ` list=${words}`} ;;`;

const zsh = (verbs: readonly Verb[]): string => `#compdef holdpoint
# holdpoint completion for zsh: holdpoint completion zsh > "\${fpath[1]}/_holdpoint"
_holdpoint_list() { compadd -- \${(f)"$(holdpoint completion $1 2>/dev/null)"} || _files }
_holdpoint() {
  local -a verbs=(
${verbs.map(({ name, about }) => `    '${name}:${about}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs || compadd -- --help --version
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

const zshCase = ({ name, flags, words }: Verb): string => {
  const options = flags.map(
    ({ long, about, takesValue }) =>
      `'${isRepeated(long) ? '*' : ''}${long}[${about}]${takesValue ? `:value:${zshValues(listOfFlag[long])}` : ''}'`,
  );
  const rest = words === undefined ? `'*:file:_files'` : `'*:${words}:${zshValues(words)}'`;
  return `    ${name}) _arguments ${[...options, rest].join(' ')} ;;`;
};

/** With a space in front zsh adds no arguments of its own. */
const zshValues = (list: List | undefined): string => (list === undefined ? '_files' : ` _holdpoint_list ${list}`);

/** zsh offers every other flag only once. */
const isRepeated = (flag: string): boolean => ['--reporter', '--only', '--skip'].includes(flag);

const fish = (
  verbs: readonly Verb[],
): string => `# holdpoint completion for fish: holdpoint completion fish > ~/.config/fish/completions/holdpoint.fish
complete -c holdpoint -n __fish_use_subcommand -f
complete -c holdpoint -n __fish_use_subcommand -l help -d 'how to use it'
complete -c holdpoint -n __fish_use_subcommand -l version -d 'the version'
${verbs.map(({ name, about }) => `complete -c holdpoint -n __fish_use_subcommand -a ${name} -d '${about}'`).join('\n')}
${verbs.flatMap(fishLines).join('\n')}
`;

const fishLines = ({ name, flags, words }: Verb): string[] => {
  const within = `complete -c holdpoint -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...flags.map(
      ({ long, about, takesValue }) =>
        `${within} -l ${long.slice(2)} -d '${about}'${takesValue ? ` -r${fishValues(listOfFlag[long])}` : ''}`,
    ),
    ...(words === undefined ? [] : [`${within}${fishValues(words)}`]),
  ];
};

const fishValues = (list: List | undefined): string =>
  list === undefined ? '' : ` -a '(holdpoint completion ${list} 2>/dev/null)'`;

const scripts = { bash, zsh, fish } as const;
export type Shell = keyof typeof scripts;

export const shells = Object.keys(scripts) as readonly Shell[];

/** The script of one shell. */
export const completionScript = (shell: Shell, cli: Command): string => scripts[shell](verbsOf(cli));
