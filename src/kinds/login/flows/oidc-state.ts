// What one walk through an OpenID login remembers from step to step.
import type { AuthorizationServer } from 'oauth4webapi';
import type { OidcKeys } from './oidc-keys.ts';
import type { Learn } from './visit.ts';

/** Known after discovery; the rest after the authorization request. */
export interface OidcState {
  server: AuthorizationServer;
  verifier?: string;
  state?: string;
  nonce?: string;
}

/** What is known so far. Throws before discovery. */
export const stateOf = ({ oidc }: { oidc?: OidcState }): OidcState => {
  if (oidc) return oidc;
  throw new Error('the discovery document was not read before');
};

/** Registers values that must never appear in any output. */
export const learnAll = (values: Record<string, string>, { around }: { around: { learn: Learn } }): void => {
  for (const [name, value] of Object.entries(values)) around.learn(value, name);
};

/** Whether an ID token is asked for; else it is plain OAuth. */
export const isOpenId = ({ scope }: OidcKeys): boolean => scope.split(' ').includes('openid');
