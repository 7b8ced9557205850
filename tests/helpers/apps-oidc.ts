// oidc-provider with a login page of our own: authorization code with PKCE, refresh tokens, a logout that asks.
import { type App, appAccount, installedApp, startApp } from './apps.ts';

/** What is wrong with it; see tests/servers/apps/oidc/serve.mjs. */
export type OidcVariant = 'healthy' | 'any-password' | 'javascript' | 'broken-tokens' | 'forgetful';

/** The client that it knows; the characters of its secret show each wrong encoding. */
export const oidcClient = {
  id: 'probe',
  secret: 'S3cret/with+and&more',
  redirectUri: 'http://127.0.0.1:9/callback',
  postLogoutRedirectUri: 'http://127.0.0.1:9/bye',
};

/** Starts it. `redirectUri`: of another client than the check itself. Stop it. */
export const startOidcProvider = (
  variant: OidcVariant = 'healthy',
  redirectUri: string = oidcClient.redirectUri,
): Promise<App> => {
  installedApp('node_modules', 'oidc-provider');
  return startApp(`oidc-provider (${variant})`, ({ port, url }) => ({
    argv: [process.execPath, installedApp('oidc', 'serve.mjs'), String(port), url],
    env: {
      ACCOUNT_NAME: appAccount.username,
      ACCOUNT_PASSWORD: appAccount.password,
      CLIENT_SECRET: oidcClient.secret,
      REDIRECT_URI: redirectUri,
      VARIANT: variant,
    },
    ready: 'oidc-provider is ready',
  }));
};
