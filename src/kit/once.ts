// A value that is made when it is first asked for, and then kept: zod schemas are costly to build, and one serves all.

/** `make` runs at most once, at the first call; it must depend on nothing that changes. */
export const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
