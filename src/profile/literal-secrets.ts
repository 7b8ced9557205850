// Finds secrets that are written out in a profile, where everybody who can read the file finds them.
import { childrenOf, type Shape } from './shape.ts';
import { type Path, pathText, positionOf, type Tree } from './tree.ts';

/** Replaced at load, or while a login goes on: nothing secret stands in the file. */
const refers = (text: string): boolean => text.includes('${') || text.includes('{{');

/** Every header is masked, but most hold no secret. */
const secretHeader = /auth|cookie|key|token|secret/i;

const isInHeaders = (path: Path): boolean => path.at(-2) === 'headers';

const isSecret = (text: string, shapes: readonly Shape[], path: Path): boolean => {
  if (refers(text)) return false;
  if (shapes.some(({ secret }) => secret === true)) return !isInHeaders(path) || secretHeader.test(String(path.at(-1)));
  return shapes.some(({ secret }) => secret === 'url') && /^[a-z][\w+.-]*:\/\/[^\s/?#:@]*:[^\s/?#@]+@/i.test(text);
};

/**
 * One sentence for each, with its place. A warning and no problem: the value is masked in every output, and a check of a
 * service that is down must not fail for it. `tree`: as it is written, before anything is replaced.
 */
export const literalSecrets = (tree: Tree, shapes: readonly Shape[], path: Path): string[] => {
  if (tree.type === 'list')
    return tree.items.flatMap((item, place) => literalSecrets(item, childrenOf(shapes, place), [...path, place]));
  if (tree.type === 'map')
    return [...tree.entries].flatMap(([key, { value }]) =>
      literalSecrets(value, childrenOf(shapes, key), [...path, key]),
    );
  if (typeof tree.value !== 'string' || !isSecret(tree.value, shapes, path)) return [];
  return [
    `${positionOf(tree.origin)} ${pathText(path)}: a secret is written out here, for everybody who can read the file; write \${secret:NAME} and set NAME in the environment, or \${secret:file:PATH}`,
  ];
};
