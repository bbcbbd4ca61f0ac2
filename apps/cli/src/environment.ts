const PREFIX = 'ZANTARA_';
const FALSE = new Set(['', '0', 'false', 'no']);
const FLAGS_WITHOUT_VALUE = new Set([
  'ZANTARA_ALL',
  'ZANTARA_BACK',
  'ZANTARA_DRY_RUN',
  'ZANTARA_EFFECTS',
  'ZANTARA_FORCE',
  'ZANTARA_LATEST',
]);

/** The one place that touches the environment; flags read their own variable through commander. */
export function readEnvironment(isTerminal: boolean): { isColoured: boolean } {
  dropSwitchedOff(process.env);
  return { isColoured: wantsColour(process.env, isTerminal) };
}

/** To commander any value of a variable sets its flag; what is empty or says no shall not. */
export function dropSwitchedOff(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX)) continue;
    const isOff = FLAGS_WITHOUT_VALUE.has(name) ? FALSE.has((value ?? '').toLowerCase()) : value === '';
    if (isOff) delete env[name];
  }
}

/** NO_COLOR outweighs FORCE_COLOR (no-color.org); without both, colour is for terminals. */
export function wantsColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return !FALSE.has(forced.toLowerCase());
  return isTerminal && env['TERM'] !== 'dumb';
}
