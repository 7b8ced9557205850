// Node-RED: a token by password grant, and a lockout that answers 500 after five wrong passwords.
import { join } from 'node:path';
import { type App, appAccount, installedApp, startApp } from './apps.ts';

/** `open-door`: a default user may do everything, a setting that guides name for demonstrations. */
export type NodeRedVariant = 'healthy' | 'open-door';

const settings = (port: number, folder: string, variant: NodeRedVariant): string => `
const { hashSync } = require(${JSON.stringify(installedApp('node_modules', 'bcryptjs'))});
const { username, password } = ${JSON.stringify(appAccount)};
module.exports = {
  uiHost: '127.0.0.1',
  uiPort: ${port},
  userDir: ${JSON.stringify(folder)},
  coreNodesDir: ${JSON.stringify(folder)},
  flowFile: 'flows.json',
  disableEditor: true,
  externalModules: { autoInstall: false, palette: { allowInstall: false } },
  adminAuth: {
    type: 'credentials',
    users: [{ username, password: hashSync(password, 8), permissions: '*' }],
    ${variant === 'open-door' ? "default: { permissions: '*' }," : ''}
  },
};
`;

/** Starts it without editor and nodes. Stop it. */
export const startNodeRed = (variant: NodeRedVariant = 'healthy'): Promise<App> =>
  startApp(`Node-RED (${variant})`, ({ port, folder }) => ({
    argv: [process.execPath, installedApp('node_modules', 'node-red', 'red.js'), '-s', join(folder, 'settings.cjs')],
    files: { 'settings.cjs': settings(port, folder, variant), 'examples/.keep': '', 'locales/.keep': '' },
    ready: 'Started flows',
  }));
