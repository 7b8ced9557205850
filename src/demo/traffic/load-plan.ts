// What the load generator is told by the lab, in one environment variable.

/** The traffic of the lab. */
export interface LoadPlan {
  /** Where the service listens, `http://127.0.0.1:1234`. */
  base: string;
  /** Session tokens of users who are signed in already; one loop of page requests each. */
  sessions: string[];
  /** Accounts that sign in again and again, one after the other; never the smoke account. */
  accounts: string[];
  password: string;
  /** Mean pause of a user between two pages, milliseconds. A slow service is therefore asked less often, as by people. */
  thinkMs: number;
  /** Mean time between two sign-ins, milliseconds. */
  signInEveryMs: number;
  /** The generator ends by itself after this time, milliseconds. */
  limitMs: number;
}

/** The name of the variable that carries the plan as JSON. */
export const loadPlanVariable = 'LOAD_PLAN';

/** Reads the plan; throws when it is not there. */
export const readLoadPlan = (env: NodeJS.ProcessEnv): LoadPlan => {
  const text = env[loadPlanVariable];
  if (!text) throw new Error(`${loadPlanVariable} is not set; the lab sets it`);
  return JSON.parse(text) as LoadPlan;
};
