const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_ENV'];

/**
 * The only place that reads the agent's own environment: a few variables that every child needs, and those that its
 * configuration names. The rest, which may hold secrets of the agent, stays with the agent.
 */
export const readInheritedEnvironment = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    [...INHERITED, ...names].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
