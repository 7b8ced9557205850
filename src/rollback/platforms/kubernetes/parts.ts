// A service of several Deployments: their revisions as one text, and the way of each.
import type { Direction } from '../../../kit/index.ts';
import type { Leg } from './patch.ts';

/** What each workload runs. */
export interface Part {
  name: string;
  revision: string;
}

/** One workload: `rs/5c41`. Several: `auth=rs/5c41,worker=rs/77ab`. */
export const textOf = (parts: readonly Part[]): string => {
  const [only] = parts;
  if (only && parts.length === 1) return only.revision;
  return parts.map(({ name, revision }) => `${name}=${revision}`).join(',');
};

/** The revision of one workload in such a text; undefined when the text does not name it. */
const partOf = (text: string, name: string, isOne: boolean): string | undefined =>
  isOne
    ? text
    : text
        .split(',')
        .find((each) => each.startsWith(`${name}=`))
        ?.slice(name.length + 1);

/** Where one workload comes from and goes to. Throws a sentence when a revision does not name it. */
export const legOf = ({ from, to }: Direction, name: string, names: readonly string[]): Leg => {
  const isOne = names.length === 1;
  const [a, b] = [partOf(from, name, isOne), partOf(to, name, isOne)];
  if (a === undefined || b === undefined)
    throw new Error(
      `${a === undefined ? from : to} does not say what ${name} runs; it is written like ${example(names)}`,
    );
  return { from: a, to: b };
};

const example = (names: readonly string[]): string => names.map((name) => `${name}=rs/5c41`).join(',');

/** All parts stand at one end of their way, and not all at the same: the way is half gone. */
export const isHalfWay = (parts: readonly Part[], between: Direction | undefined): boolean => {
  if (!between || parts.length < 2) return false;
  const names = parts.map(({ name }) => name);
  if (textOf(parts) === between.to || textOf(parts) === between.from) return false;
  try {
    return parts.every(({ name, revision }) => {
      const { from, to } = legOf(between, name, names);
      return revision === from || revision === to;
    });
  } catch {
    // A way that names other parts is not this one.
    return false;
  }
};
