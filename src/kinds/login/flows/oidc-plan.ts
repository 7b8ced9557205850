// The steps of `login.oidc`.
import type { FlowStep, OidcAct } from './flow-step.ts';
import type { OidcKeys } from './oidc-keys.ts';
import type { LoginStep } from './step-keys.ts';

/** Gives a step its name and says whether the password is in it. */
export type Named = (step: LoginStep) => FlowStep;

const act = (name: string, what: OidcAct, oidc: OidcKeys, gives: string[] = []): FlowStep => ({
  name,
  step: { verb: 'oidc', act: what, oidc },
  carriesPassword: false,
  gives,
});

const submit: LoginStep = { verb: 'submit', submit: { optional: false }, capture: {} };

/** Names a question with a button. A form with a password field is none: it would be sent empty, as a wrong attempt. */
export const withoutPassword = 'form:not(:has([type=password]))';

export const confirm: LoginStep = {
  verb: 'submit',
  submit: { form: withoutPassword, optional: true },
  capture: {},
};

const signInSteps = ({ signIn, issuer }: OidcKeys, code: FlowStep[], named: Named): FlowStep[] =>
  (
    signIn?.map(named) ?? [
      { name: 'sign in', step: submit, carriesPassword: true, credentials: {} },
      ...code,
      { name: 'consent', step: confirm, carriesPassword: false },
    ]
  ).map((step) => ({ ...step, at: issuer }));

/** From the discovery document to the tokens. `code`: the step of the second factor, where the account has one. */
export const oidcSteps = (oidc: OidcKeys, code: FlowStep[], named: Named): FlowStep[] => [
  act('read the discovery document', 'discover', oidc),
  act("open the provider's login page", 'authorize', oidc, ['authorizeUrl']),
  ...signInSteps(oidc, code, named),
  act('redeem the code', 'redeem', oidc, ['token', 'refresh', 'idToken']),
  ...(oidc.refresh ? [act('refresh the token', 'refresh', oidc)] : []),
];

/** The end of the session at the provider, with the question whether one really wants to. */
export const oidcLogoutSteps = (oidc: OidcKeys): FlowStep[] => {
  if (oidc.logout === undefined) return [];
  if (oidc.logout === 'revoke') return [act('sign out', 'revoke', oidc)];
  return [
    act('sign out', 'endSession', oidc),
    { name: 'sign out', step: confirm, carriesPassword: false, at: oidc.issuer },
  ];
};
