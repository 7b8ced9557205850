// The steps of a login, worked out from the style that the check is written in.
import { references } from '../../kit/fill.ts';
import { urlOf } from '../http/target.ts';
import type { FlowStep } from './flows/flow-step.ts';
import { derivedNames, passwordReferences } from './flows/credentials.ts';
import { confirm, oidcLogoutSteps, oidcSteps } from './flows/oidc-plan.ts';
import type { LoginStep } from './flows/step-keys.ts';
import { basicSteps, digestSteps, graphqlSteps, oauthLogoutSteps, oauthSteps } from './flows/token-plan.ts';
import type { LoginKeys } from './keys.ts';

const request = (method: string, path: string, more: object = {}): LoginStep => ({
  verb: 'request',
  request: { method, path, headers: {}, ...more },
  capture: {},
});

const carriesPassword = (step: LoginStep): boolean =>
  references(JSON.stringify(step)).some((name) => passwordReferences.includes(name));

const plainName = (step: LoginStep): string => {
  if (step.verb === 'submit') return 'send the form';
  const { method, path } = step.request;
  return step.verb === 'poll' ? `wait for ${path}` : `${method} ${path}`;
};

const named = (step: LoginStep): FlowStep => {
  const carries = carriesPassword(step);
  const plain = plainName(step);
  return { name: carries ? 'sign in' : plain, step, carriesPassword: carries };
};

/** The keys from which the steps are worked out. */
export type Planned = Pick<LoginKeys, 'account' | 'login' | 'logout' | 'probe'>;

type Account = LoginKeys['account'];
type FormKeys = NonNullable<LoginKeys['login']['form']>;

/** The code of the second factor on the page after the password, unless a step of the check sends it. */
const codeSteps = ({ totp }: Account, field: string | undefined, written: unknown): FlowStep[] =>
  totp === undefined || references(JSON.stringify(written ?? [])).includes('totp')
    ? []
    : [{ name: 'send the code', step: submitForm({}), carriesPassword: false, code: { field } }];

const submitForm = (submit: object): LoginStep => ({
  verb: 'submit',
  submit: { ...submit, optional: false },
  capture: {},
});

const formSteps = ({ page, form, fields, set, at }: FormKeys, account: Account): FlowStep[] => [
  { name: `open ${page}`, step: request('GET', page), carriesPassword: false },
  {
    name: 'sign in',
    step: submitForm({ ...(form === undefined ? {} : { form }), set }),
    carriesPassword: true,
    credentials: fields,
    at,
  },
  ...codeSteps(account, fields.code, set),
  // A provider may ask whether the application may have the account; the application's own forms are left alone.
  ...(at === undefined ? [] : [{ name: 'consent', step: confirm, carriesPassword: false, onlyAt: at }]),
];

/** The last step of the form is the one after which the provider's answer must have been sent on. */
const samlSteps = (saml: FormKeys, account: Account): FlowStep[] =>
  formSteps(saml, account).map((step, index, all) =>
    index === all.length - 1 ? { ...step, mustSend: 'SAMLResponse' } : step,
  );

const jsonSteps = ({ post, body, token }: NonNullable<LoginKeys['login']['json']>): FlowStep[] => {
  const step = request('POST', post, { json: body, headers: { accept: 'application/json' } });
  return [
    {
      ...named({ ...step, capture: token === undefined ? {} : { token: { json: token, optional: false } } }),
      name: 'sign in',
    },
  ];
};

/** The steps that sign the account in. */
export const loginSteps = ({ login, account, probe }: Planned): FlowStep[] => {
  const { form, json, oidc, saml, oauth, graphql, basic, digest, steps = [] } = login;
  if (form) return formSteps(form, account);
  if (saml) return samlSteps(saml, account);
  if (json) return jsonSteps(json);
  if (oauth) return oauthSteps(oauth);
  if (graphql) return graphqlSteps(graphql);
  if (basic) return basicSteps(basic, probe.get);
  if (digest) return digestSteps(digest, probe.get);
  return oidc ? oidcSteps(oidc, codeSteps(account, undefined, oidc.signIn), named) : steps.map(named);
};

/** Whether a step sends a code of the second factor. */
export const needsCode = ({ step, code }: FlowStep): boolean =>
  code !== undefined || references(JSON.stringify(step)).includes('totp');

/** The steps that end the session; empty where none are named. */
export const logoutSteps = ({ logout = [], login }: Planned): FlowStep[] => [
  ...[logout].flat().map((step) => ({ ...named(step), name: 'sign out' })),
  ...(login.oidc ? oidcLogoutSteps(login.oidc) : []),
  ...(login.oauth ? oauthLogoutSteps(login.oauth) : []),
];

/** The request that must be refused after the logout, where the check names one. */
export const deadStep = ({ dead }: Pick<LoginKeys, 'dead'>): FlowStep | undefined =>
  dead && named({ verb: 'request', request: dead.request, capture: {} });

/** How many steps a whole login has: signing in, the page behind it, signing out. */
export const stepCount = (spec: Planned): number => loginSteps(spec).length + 1 + logoutSteps(spec).length;

/** Headers that carry the session, with references to what was captured. */
export const sessionHeaders = ({ session, login }: Pick<LoginKeys, 'session' | 'login'>): Record<string, string> => {
  if (session?.header) return session.header;
  const { json, graphql, oidc, oauth } = login;
  if (login.basic) return { authorization: 'Basic {{basic}}' };
  const hasToken =
    json?.token !== undefined || graphql?.token !== undefined || oidc !== undefined || oauth !== undefined;
  return hasToken && !session ? { authorization: 'Bearer {{token}}' } : {};
};

/** The URLs beside the target to whose origins this login goes by what its author wrote. */
export const namedUrls = (spec: Planned, base: string): string[] =>
  [...loginSteps(spec), ...logoutSteps(spec)].flatMap(({ step, at }) => [
    ...(at === undefined ? [] : [at]),
    ...(step.verb === 'submit' && step.submit.at !== undefined ? [step.submit.at] : []),
    ...(step.verb === 'oidc' && step.oidc.discovery !== undefined
      ? [urlOf(step.oidc.issuer ?? base, step.oidc.discovery)]
      : []),
  ]);

const ownPart = ({ step }: FlowStep): unknown => {
  if (step.verb === 'oidc') return step.oidc.params;
  if (step.verb === 'digest') return step.path;
  return step.verb === 'submit' ? step.submit : step.request;
};

const fills = ({ step, gives = [] }: FlowStep): string[] => [
  ...gives,
  ...('capture' in step ? Object.keys(step.capture) : []),
];

/** Names of everything that the steps of a login fill. */
export const filledNames = (spec: Planned): string[] => loginSteps(spec).flatMap(fills);

/** References that nothing fills: neither the account nor a capture of an earlier step. */
export const unknownReferences = (spec: LoginKeys): string[] => {
  const account = ['username', 'password', ...(spec.account.totp ? ['totp'] : [])];
  const known = new Set([...account, ...derivedNames(spec.login)]);
  const unknown: string[] = [];
  const check = (part: unknown): void => {
    unknown.push(...references(JSON.stringify(part)).filter((name) => !known.has(name)));
  };
  for (const step of [...loginSteps(spec), ...logoutSteps(spec)]) {
    check(ownPart(step));
    for (const name of fills(step)) known.add(name);
  }
  check(sessionHeaders(spec));
  check(spec.dead?.request ?? []);
  return [...new Set(unknown)];
};
