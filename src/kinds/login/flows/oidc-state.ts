// What one walk through an OpenID login remembers from step to step.
import type { AuthorizationServer } from 'oauth4webapi';

/** Known after discovery; the rest after the authorization request. */
export interface OidcState {
  server: AuthorizationServer;
  verifier?: string;
  state?: string;
  nonce?: string;
}
