// The keys of the styles without a page: OAuth grants, GraphQL, Basic and Digest.
import * as z from 'zod';
import { secretText, someText } from '../../../kit/units.ts';

/** A grant at the token endpoint, without a browser. */
export const oauthLogin = () =>
  z
    .strictObject({
      /** Path or URL of the token endpoint. */
      token: someText(),
      /** `client_credentials`: the account is the client itself. */
      grant: z.enum(['client_credentials', 'password']),
      /** The client of a password grant; without a secret it is public. */
      client: z.strictObject({ id: someText(), secret: secretText().optional() }).optional(),
      /** How id and secret are sent (RFC 6749 2.3.1). */
      auth: z.enum(['basic', 'post']).default('basic'),
      scope: someText().optional(),
      /** Further fields, like `audience`. */
      params: z.record(z.string(), z.string()).default({}),
      /** Redeems the refresh token once, so that the session is carried by the renewed token. */
      refresh: z.boolean().default(false),
      /** Path or URL of the revocation endpoint (RFC 7009): the logout. */
      revoke: someText().optional(),
    })
    .refine(({ grant, client }) => grant === 'password' || client === undefined, {
      path: ['client'],
      message: 'belongs to grant: password; with client_credentials the account is the client',
    });

/** `login.oauth`, parsed. */
export type OauthKeys = z.output<ReturnType<typeof oauthLogin>>;

/** A mutation that gives a token, or a session in cookies. */
export const graphqlLogin = () =>
  z.strictObject({
    post: someText(),
    /** The document; the account goes into the variables. */
    query: someText(),
    variables: z.record(z.string(), z.json()).default({ username: '{{username}}', password: '{{password}}' }),
    /** Path of the token in the answer; without one the session is the cookies. */
    token: someText().optional(),
  });

/** `login.graphql`, parsed. */
export type GraphqlKeys = z.output<ReturnType<typeof graphqlLogin>>;

/** Each request carries the account; `page`: what is asked for first, by default the page of the probe. */
export const headerLogin = () => z.strictObject({ page: someText().optional() });

/** `login.basic` and `login.digest`, parsed. */
export type HeaderKeys = z.output<ReturnType<typeof headerLogin>>;
