// The load generator: about 30 page requests per second of signed-in users, and 1.2 sign-ins per second.
import { endWithParent } from '../service/end-with-parent.ts';
import { startLoad } from '../traffic/load.ts';
import { readLoadPlan } from '../traffic/load-plan.ts';

const load = startLoad(readLoadPlan(process.env));
const end = endWithParent(async () => {
  console.log(JSON.stringify(load.seen));
});
void load.ended.then(end);
console.log('ready');
