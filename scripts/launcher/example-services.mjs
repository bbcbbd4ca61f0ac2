/** It stands in front of the others. */
export const GATEWAY = 'gateway';

/**
 * The services of the example in the order in which a reader meets them: what the launcher starts, recognises and breaks. Each has
 * a folder of its name in examples/ecosystem. `needs`: whose answers it can't start without.
 */
export const SERVICES = [
  { role: 'memory', needs: [] },
  { role: 'rag', needs: ['memory'] },
  { role: GATEWAY, needs: [] },
];

export const USERS = 'users';

export const AGENT_SCRIPT = 'libs/service-agent/src/main.js';

/** Below dist/. */
export const scriptOf = (role) => `examples/ecosystem/${role}/src/main.js`;

/** Where a service's file is kept while somebody has spoiled it; a start that writes the file anew needs it no more. */
export const goodCopyOf = (configFile) => `${configFile}.good`;
