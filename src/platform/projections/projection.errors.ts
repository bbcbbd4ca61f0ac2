import { ZantaraError } from '#libs/contracts';

/** An event gives a row that its table can't hold. Its key is parked. */
export class InvalidRowError extends ZantaraError {
  constructor(table: string, detail: string) {
    super(`a row for ${table} is refused: ${detail}`, {
      code: 'invalid-row',
      kind: 'invalid',
      remediation: 'Mend the projection, raise its version and restart; the read model is built anew.',
    });
  }
}

/** Nothing of this name is projected. */
export class UnknownProjectionError extends ZantaraError {
  constructor(name: string, known: readonly string[]) {
    super(`there is no read model ${name.slice(0, 100)}`, {
      code: 'unknown-projection',
      kind: 'invalid',
      remediation: `There are: ${known.join(', ')}.`,
    });
  }
}

/** Made anew from the log, the read model isn't what it was. */
export class ProjectionDiffersError extends ZantaraError {
  constructor(name: string, position: number) {
    super(`${name}, made anew from the log up to ${position}, is not what the live one says of itself`, {
      code: 'projection-differs',
      kind: 'rejected',
      remediation: 'Find out why with zantara verify. To take the new one all the same, rebuild with --force.',
    });
  }
}

/** There is nothing to go back to. */
export class NoPreviousGenerationError extends ZantaraError {
  constructor(name: string) {
    super(`${name} has no tables of before its last rebuild`, {
      code: 'no-previous-generation',
      kind: 'rejected',
      remediation: 'They are dropped when the next rebuild begins. Rebuild instead.',
    });
  }
}

/** Readers of the read model, or another rebuild, did not let go in time. */
export class SwitchBusyError extends ZantaraError {
  constructor(name: string, cause: unknown) {
    super(`${name} is in use without a pause; it stays on its old tables`, {
      code: 'switch-busy',
      kind: 'unavailable',
      remediation: 'Run the same command again: it goes on where it was.',
      cause,
    });
  }
}

/** The database has no tables for a read model, or somebody took them away. */
export class GenerationMissingError extends ZantaraError {
  constructor(projection: string, wanted: string) {
    super(`the database has no generation of ${projection} that is ${wanted}`, {
      code: 'generation-missing',
      kind: 'unavailable',
      remediation: 'Start the orchestrator, which brings the database up to date, or begin the rebuild again.',
    });
  }
}
