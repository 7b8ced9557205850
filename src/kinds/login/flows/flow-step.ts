// What a style expands to: steps with names, some written in YAML, some that follow a protocol.
import type { OidcKeys } from './oidc-keys.ts';
import type { LoginStep } from './step-keys.ts';

/** What a client of an OpenID provider does beside opening pages and sending forms. */
export type OidcAct = 'discover' | 'authorize' | 'redeem' | 'refresh' | 'endSession' | 'revoke';

/** A step that follows a protocol; `digest`: challenge and answer for the page at `path`. */
export type ProtocolStep = { verb: 'oidc'; act: OidcAct; oidc: OidcKeys } | { verb: 'digest'; path: string };

/** One step with the name that people read. */
export interface FlowStep {
  name: string;
  step: LoginStep | ProtocolStep;
  carriesPassword: boolean;
  /** The fields of the account are found by themselves, unless they are named here. */
  credentials?: { username?: string | undefined; password?: string | undefined };
  /** Base URL of the step where it is not the target; the password may go to its origin. */
  at?: string | undefined;
  /** The field for the code of the second factor is found by itself, unless it is named here. */
  code?: { field?: string | undefined };
  /** How the answer is read where its status tells too little; `refusals`: errors by which a token endpoint turns away. */
  reads?: 'graphql' | { refusals: readonly string[] };
  /** Passed over on a page of another origin: what is asked there is not ours to answer. */
  onlyAt?: string;
  /** A hidden field that the provider's page must have sent on by itself. */
  mustSend?: string;
  /** Names that it fills beside its captures. */
  gives?: readonly string[];
}
