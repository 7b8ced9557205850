// What the lab's pipeline calls to deploy: `deploy.js APP_FOLDER REVISION RESTART_URL [--dry-run]`.
import { deploy } from '../pipeline/deploy.ts';

process.exitCode = await deploy(process.argv.slice(2), (line) => console.log(line));
