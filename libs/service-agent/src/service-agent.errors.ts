import { ZantaraError } from '#libs/contracts';

export interface ConfigProblem {
  /** Where it is, as `services[0].health.url`. */
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with a configuration, at once. */
export class AgentConfigError extends ZantaraError {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(['the configuration is wrong:', ...problems.map(({ path, message }) => `  ${path}: ${message}`)].join('\n'), {
      code: 'agent-config',
      kind: 'invalid',
      remediation: 'Correct every line and start again; --check-config checks without starting.',
    });
  }
}

/** Thrown when another agent that is alive uses the same state. */
export class StateDirectoryInUseError extends ZantaraError {
  constructor(directory: string, pid: number) {
    super(`the agent with pid ${pid} uses ${directory}`, {
      code: 'state-directory-in-use',
      kind: 'invalid',
      remediation: 'Stop that agent, or give this one a state_dir of its own.',
    });
  }
}

/** Thrown when the operating system could not start the service at all. */
export class ProcessStartError extends ZantaraError {
  constructor(serviceId: string, cause: unknown) {
    super(`service ${serviceId} could not be started: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'start-failed',
      kind: 'invalid',
      remediation: 'Check command, cwd and permissions in the configuration of the agent.',
      cause,
    });
  }
}

/** Thrown by a transport that can't reach the broker. */
export class TransportUnavailableError extends ZantaraError {
  constructor(cause?: unknown) {
    super('the broker can not be reached', {
      code: 'transport-unavailable',
      kind: 'unavailable',
      remediation: 'Nothing to do: the outbox keeps it until the broker is back.',
      cause,
    });
  }
}
