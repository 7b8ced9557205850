// What the platform calls to restart the service: `restart.js RESTART_URL`.
import { requestRestart } from '../pipeline/restart.ts';

await requestRestart(process.argv[2] ?? '');
