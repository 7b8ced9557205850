// The runbooks that are made of the program: a section per exit code, an entry per reason, so that none is missing.
import { exitAdvice } from '../../src/commands/exit-advice.ts';
import { privileges } from '../../src/commands/privileges.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { exitMeanings } from '../../src/kit/index.ts';
import { reasons as rollbackReasons } from '../../src/rollback/index.ts';
import { engineReasons } from '../../src/run/index.ts';

const made = '<!-- Made of the program by the tests: npx vitest run --project unit tests/docs -u -->';

/** A section for each exit code: what it means, and what to do in order. */
export const exitCodePage = (): string => {
  const sections = Object.entries(exitMeanings).map(([code, meaning]) => {
    const steps = (exitAdvice[Number(code)] ?? []).map((step, place) => `${place + 1}. ${step}`);
    return `## ${code}: ${meaning}\n\n${steps.join('\n')}\n`;
  });
  return `${made}

# What now? By exit code

A run ends with one number, and its report with the line \`exit code N: …\`. The steps below are in the order in which they help;
\`holdpoint explain N\` prints them, too. The [reasons](reasons.md) say more about a single check; [connections](connections.md) and
[logins](logins.md) have the commands for the two outages that hurt most.

${sections.join('\n')}`;
};

/** Pages that tell more about the reasons of a kind. */
const pages: Readonly<Record<string, string>> = {
  'db-connections': '[connections](connections.md), [the check](../checks-database.md)',
  'pool-wait': '[connections](connections.md), [the check](../checks-database.md)',
  'connection-budget': '[connections](connections.md), [the check](../checks-database.md)',
  'db-errors': '[connections](connections.md), [the check](../checks-database.md)',
  login: '[logins](logins.md), [the check](../checks-login.md)',
  http: '[the check](../checks-login.md)',
  'error-rate-delta': '[the check](../checks-error-rate.md)',
  'latency-delta': '[the check](../checks-latency.md)',
};

/** Everything that has reasons, in the order of the page. */
export const reasonGroups = (): { title: string; more: string; reasons: Readonly<Record<string, string>> }[] => [
  {
    title: 'The run itself',
    more: '[exit codes](exit-codes.md), [decisions](../decisions.md)',
    reasons: engineReasons,
  },
  { title: 'The rollback', more: '[rollback](../rollback.md)', reasons: rollbackReasons },
  ...[...builtIn().kinds.values()].map(({ part }) => ({
    title: `Checks of kind \`${part.name}\``,
    more: pages[part.name] ?? `\`holdpoint explain ${part.name}\``,
    reasons: part.reasons,
  })),
];

/** An entry for each reason code: what it means and where to look first. */
export const reasonPage = (): string => {
  const groups = reasonGroups().map(({ title, more, reasons }) => {
    const entries = Object.entries(reasons).map(([code, text]) => `### ${code}\n\n${text}\n`);
    return `## ${title}\n\nMore: ${more}\n\n${entries.join('\n')}`;
  });
  return `${made}

# What now? By reason

Every verdict and every rollback has a reason code: in the record (\`reason\`), in JUnit (\`type\`), as \`exit_reason\` in GitHub and GitLab.
\`holdpoint explain CODE\` prints the same sentence. The report has the number, the limit and the first step; this page has what they mean.

${groups.join('\n')}`;
};

const needs = (name: string): string =>
  privileges[name] === undefined ? '' : `\nWhat it must be allowed:\n\n\`\`\`\n${privileges[name]}\n\`\`\`\n`;

/** Everything that ships, with its example and what it must be allowed. */
export const referencePage = (): string => {
  const { kinds, sources, platforms, reporters } = builtIn();
  const parts = <Part>(registered: ReadonlyMap<string, { part: Part }>): Part[] =>
    [...registered.values()].map(({ part }) => part);
  const example = (text: string): string => `\`\`\`yml\n${text.trim()}\n\`\`\`\n`;
  const kindTexts = parts(kinds).map(
    ({ name, layer, about, example: text }) =>
      `### ${name}\n\nLayer: ${layer}. ${about}\n\n${example(text)}${needs(name)}`,
  );
  const sourceTexts = parts(sources).map(
    ({ name, about, example: text }) => `### ${name}\n\n${about}\n\n${example(text)}${needs(name)}`,
  );
  const platformTexts = parts(platforms).map(
    ({ name, fence, about, aftermath = 'nothing is different.', example: text }) =>
      `### ${name}\n\nFence: ${fence}. ${about}\n\nAfter a rollback: ${aftermath}\n\n${example(text)}${needs(name)}`,
  );
  const reporterLines = parts(reporters).map(({ name, about }) => `* \`${name}\`: ${about}`);
  return `${made}

# Everything that ships

\`holdpoint explain NAME\` prints the same, and \`holdpoint explain schema\` every key. What plugins bring is not in here.

## Kinds of checks

${kindTexts.join('\n')}
## Metric sources

${sourceTexts.join('\n')}
## Platforms

${platformTexts.join('\n')}
## Reporters

${reporterLines.join('\n')}
`;
};
