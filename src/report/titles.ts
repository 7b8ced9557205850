// Titles that tell the checks of a run apart: the same shipped check may be used twice.
interface Titled {
  id: string;
  title: string;
}

/** The same checks; where several have one title, each is followed by its id: `login (login-eu)`. */
export const distinct = <T extends Titled>(checks: readonly T[]): T[] => {
  const times = new Map<string, number>();
  for (const { title } of checks) times.set(title, (times.get(title) ?? 0) + 1);
  return checks.map((check) =>
    (times.get(check.title) ?? 0) > 1 && check.id !== check.title
      ? { ...check, title: `${check.title} (${check.id})` }
      : check,
  );
};
