// The steps of a login, worked out from the style that the check is written in.
import { references } from '../../kit/fill.ts';
import type { LoginKeys, LoginStep } from './keys.ts';

/** One step with the name that people read. */
export interface FlowStep {
  name: string;
  step: LoginStep;
  carriesPassword: boolean;
  /** The form style: the fields of the account are found by themselves, unless they are named here. */
  credentials?: { username?: string | undefined; password?: string | undefined };
}

const request = (method: string, path: string, more: object = {}): LoginStep => ({
  verb: 'request',
  request: { method, path, headers: {}, ...more },
  capture: {},
});

const carriesPassword = (step: LoginStep): boolean => references(JSON.stringify(step)).includes('password');

const named = (step: LoginStep): FlowStep => {
  const carries = carriesPassword(step);
  const plain = step.verb === 'submit' ? 'send the form' : `${step.request.method} ${step.request.path}`;
  return { name: carries ? 'sign in' : plain, step, carriesPassword: carries };
};

const formSteps = ({ page, form, fields, set }: NonNullable<LoginKeys['login']['form']>): FlowStep[] => [
  { name: `open ${page}`, step: request('GET', page), carriesPassword: false },
  {
    name: 'sign in',
    step: { verb: 'submit', submit: { ...(form === undefined ? {} : { form }), set, optional: false }, capture: {} },
    carriesPassword: true,
    credentials: fields,
  },
];

const jsonSteps = ({ post, body, token }: NonNullable<LoginKeys['login']['json']>): FlowStep[] => {
  const step = request('POST', post, { json: body, headers: { accept: 'application/json' } });
  return [{ ...named({ ...step, capture: token === undefined ? {} : { token } }), name: 'sign in' }];
};

/** The steps that sign the account in. */
export const loginSteps = ({ login: { form, json, steps = [] } }: Pick<LoginKeys, 'login'>): FlowStep[] => {
  if (form) return formSteps(form);
  return json ? jsonSteps(json) : steps.map(named);
};

/** The steps that end the session; empty where none are named. */
export const logoutSteps = ({ logout = [] }: Pick<LoginKeys, 'logout'>): FlowStep[] =>
  [logout].flat().map((step) => ({ ...named(step), name: 'sign out' }));

/** How many steps a whole login has: signing in, the page behind it, signing out. */
export const stepCount = (spec: Pick<LoginKeys, 'login' | 'logout'>): number =>
  loginSteps(spec).length + 1 + logoutSteps(spec).length;

/** Headers that carry the session, with references to what was captured. */
export const sessionHeaders = ({ session, login }: Pick<LoginKeys, 'session' | 'login'>): Record<string, string> => {
  if (session?.header) return session.header;
  return login.json?.token === undefined || session ? {} : { authorization: 'Bearer {{token}}' };
};

/** References that nothing fills: neither the account nor a capture of an earlier step. */
export const unknownReferences = (spec: Pick<LoginKeys, 'login' | 'logout' | 'session'>): string[] => {
  const known = new Set(['username', 'password']);
  const unknown: string[] = [];
  const check = (part: unknown): void => {
    unknown.push(...references(JSON.stringify(part)).filter((name) => !known.has(name)));
  };
  for (const { step } of [...loginSteps(spec), ...logoutSteps(spec)]) {
    check(step.verb === 'submit' ? step.submit : step.request);
    for (const name of Object.keys(step.capture)) known.add(name);
  }
  check(sessionHeaders(spec));
  return [...new Set(unknown)];
};
