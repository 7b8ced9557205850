// The text of a first profile: short, commented, and with what comes next.
import { stringify } from 'yaml';
import { literal } from '../profile/index.ts';

/** What was asked for. */
export interface Answers {
  service: string;
  /** URL of the page with the login form, and the account. */
  login?: string;
  user?: string;
  /** URL that must answer with 200. */
  health?: string;
  /** Role of the service on Postgres. */
  role?: string;
}

const yaml = (value: object): string =>
  stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

const loginCheck = ({ login = '', user = '' }: Answers): string => {
  const { origin, pathname, search } = new URL(login);
  const check = {
    target: literal(origin),
    account: { username: literal(user), password: '${secret:SMOKE_PASSWORD}' },
    login: { form: { page: literal(`${pathname}${search}`) } },
    probe: { get: '/', granted: { status: 200, contains: literal(user) } },
  };
  return `  # A real login. \`probe\` is a page behind it that shows a text which only the account sees: set both.\n${yaml({ login: check })}`;
};

const healthCheck = ({ health = '' }: Answers): string => {
  const { origin, pathname, search } = new URL(health);
  const check = {
    use: 'http',
    target: literal(origin),
    request: { get: literal(`${pathname}${search}`) },
    expect: { status: 200 },
  };
  return `  # One page. A health page stays green in most outages: a login says more.\n${yaml({ health: check })}`;
};

const connectionsCheck = ({ role = '' }: Answers): string => {
  const check = { postgres: '${secret:DATABASE_ADMIN_URL}', role: literal(role) };
  return `  # Who holds the slots of the server. The URL leads to the server itself, not to a pooler; its role has pg_monitor.\n${yaml({ 'db-connections': check })}`;
};

/** The whole file. `schema`: where an editor finds the JSON Schema. */
export const profileText = (answers: Answers, schema: string): string => {
  const checks = [
    ...(answers.login === undefined ? [] : [loginCheck(answers)]),
    ...(answers.health === undefined ? [] : [healthCheck(answers)]),
    ...(answers.role === undefined ? [] : [connectionsCheck(answers)]),
  ];
  return `# yaml-language-server: $schema=${schema}
# What ${answers.service} must show after a deploy. \`holdpoint explain\` lists all checks; \`holdpoint validate --show\` has all defaults.
service: ${answers.service}

checks:
${checks.join('\n\n')}

# Without a \`rollback:\` section a failure blocks (exit code 10), and nothing is ever changed.
# rollback:
#   mode: ask
#   command: { live: [./scripts/live.sh], undo: [./scripts/undo.sh, "{{from}}", "{{to}}"] }
#   reversible: true
`;
};
