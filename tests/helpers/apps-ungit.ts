// ungit: a cookie session by express-session and passport, JSON in and out, and a start page that JavaScript draws.
import { type App, appAccount, installedApp, startApp } from './apps.ts';

/** Starts it. Its own settings, the password included, stand at `/api/userconfig`. Stop it. */
export const startUngit = (): Promise<App> =>
  startApp('ungit', ({ port }) => ({
    argv: [process.execPath, installedApp('node_modules', 'ungit', 'source', 'server.js')],
    files: {
      '.ungitrc': JSON.stringify({
        port,
        urlBase: 'http://127.0.0.1',
        authentication: true,
        users: { [appAccount.username]: appAccount.password },
        launchBrowser: false,
        bugtracking: false,
        logDirectory: null,
      }),
    },
    ready: 'Ungit started',
  }));
