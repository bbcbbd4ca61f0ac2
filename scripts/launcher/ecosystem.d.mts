export interface PreparedAgent {
  id: string;
  role: string;
  configFile: string;
  /** Answers 200 when the agent hears the orchestrator. */
  readyUrl: string;
}

export interface PreparedService {
  role: string;
  id: string;
  url: string;
  port: number;
  configFile: string;
}

export interface PreparedEcosystem {
  catalogueFile: string;
  agents: PreparedAgent[];
  services: PreparedService[];
  users: { url: string; configFile: string };
}

export interface EcosystemPlace {
  /** Where the files and the state of the agents are kept. */
  dir: string;
  /** At the end of every id, so that a run can have services that nobody has seen before; empty unless given. */
  suffix?: string;
  /** Where the password of the example's database is kept. */
  keyDir: string;
  /** Written by the orchestrator at its first start. */
  publicKeysFile: string;
  superuserUrl: string;
  natsUrl: string;
  seedFileOf: (agentId: string) => string;
  tenant: string;
}

export interface RunningProgram {
  pid: number;
  /** Resolves with an error when it ends without being asked to. */
  crashed: Promise<Error | undefined>;
  stop: () => Promise<void>;
}

export interface RunningEcosystem {
  agents: (PreparedAgent & RunningProgram)[];
  /** `findPid`: the process that runs now, if one does. */
  services: (PreparedService & { findPid: () => number | undefined })[];
  users: RunningProgram & { url: string; configFile: string };
  stop: () => Promise<void>;
}

export interface StartEcosystemOptions {
  /** What the programs get as their environment. */
  env: NodeJS.ProcessEnv;
  logDir: string;
  signal: AbortSignal;
}

export function ecosystemAgents(suffix?: string): { agentClass: 'service'; agentId: string }[];
export function prepareEcosystem(place: EcosystemPlace): Promise<PreparedEcosystem>;
export function startEcosystem(prepared: PreparedEcosystem, options: StartEcosystemOptions): Promise<RunningEcosystem>;
