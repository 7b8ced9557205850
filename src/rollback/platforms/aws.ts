// What the platforms of AWS share: the command line with its region and profile, and who is asking.
import { once } from '../../kit/once.ts';
import { argument, deadline } from './settings.ts';

/** Pinned by every call. */
export const awsKeys = once(() => ({
  region: argument(),
  profile: argument().optional(),
  deadline: deadline(),
}));

export interface Account {
  region: string;
  profile?: string | undefined;
}

/** `aws` with what is pinned; JSON. */
export const aws = ({ region, profile }: Account, ...words: string[]): string[] => [
  'aws',
  ...words,
  '--region',
  region,
  ...(profile === undefined ? [] : ['--profile', profile]),
  '--output',
  'json',
];

/** The credentials are good. */
export const identityNeed = (account: Account) => ({
  what: 'AWS knows the credentials',
  argv: aws(account, 'sts', 'get-caller-identity'),
  next: 'give holdpoint the same role as the deploy (OIDC, AWS_PROFILE)',
});

/** AWS has no dry run for it. */
export const unprovenAction = (action: string) => ({
  what: `may call ${action}`,
  because: 'AWS cannot be asked whether it is allowed without doing it',
  next: `look at the policy of the role, or ask \`aws iam simulate-principal-policy --action-names ${action}\``,
});
