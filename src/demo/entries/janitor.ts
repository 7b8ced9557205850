// Cleans up after a lab that died: kills what it left and removes its folder.
import { runJanitor } from '../lab/janitor.ts';

console.log('ready');
await runJanitor(process.stdin);
