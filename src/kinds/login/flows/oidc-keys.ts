// The keys of `login.oidc`: authorization code with PKCE through the provider's own login page.
import * as z from 'zod';
import { secretText, someText } from '../../../kit/units.ts';
import { baseUrl } from '../../http/target.ts';
import { stepSchema } from './step-keys.ts';

/** A client that the provider knows; `auth`: how its secret is sent to the token endpoint (RFC 6749 2.3.1). */
const clientSchema = () =>
  z.strictObject({
    id: someText(),
    /** Without one the client is public. */
    secret: secretText().optional(),
    auth: z.enum(['basic', 'post']).default('basic'),
  });

const absolute = 'must be a whole URL like http://localhost:9999/cb';

/** The check is the client of the provider. */
export const oidcLogin = () =>
  z.strictObject({
    /** Default: the target. The password may go there; its other origins are named in `origins`. */
    issuer: baseUrl().optional(),
    /** Path or URL of the discovery document, where it is not the issuer's `/.well-known/openid-configuration`. */
    discovery: someText().optional(),
    client: clientSchema(),
    /** As it is registered at the provider; the redirect to it is caught and never requested. */
    redirectUri: z.string().refine((text) => URL.canParse(text), absolute),
    scope: someText().default('openid'),
    /** Further parameters of the authorization request. */
    params: z.record(z.string(), z.string()).default({}),
    /** Steps on the provider's page; default: send the form with the password field, then a consent form if there is one. */
    signIn: z.array(stepSchema()).min(1).optional(),
    /** Redeems the refresh token once, so that the session is carried by the renewed token. */
    refresh: z.boolean().default(false),
    /** How the session ends: the provider's end_session_endpoint, or its revocation_endpoint. */
    logout: z.enum(['endSession', 'revoke']).optional(),
    /** Where the provider sends the browser after endSession, as it is registered there. */
    postLogoutRedirectUri: z
      .string()
      .refine((text) => URL.canParse(text), absolute)
      .optional(),
  });

/** `login.oidc`, parsed. */
export type OidcKeys = z.output<ReturnType<typeof oidcLogin>>;
