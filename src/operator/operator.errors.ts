import { ZantaraError } from '#libs/contracts';

/** There is no log tool of that name. */
export class UnknownCommandError extends ZantaraError {
  constructor(name: string, known: readonly string[]) {
    super(`there is no log tool ${JSON.stringify(name)}`, {
      code: 'unknown-log-tool',
      kind: 'invalid',
      remediation: `Name one of these first, then its options as one JSON object: ${known.join(', ')}.`,
    });
  }
}

/** The options of a log tool are not what it takes. */
export class InvalidOptionsError extends ZantaraError {
  constructor(readonly problems: readonly string[]) {
    super(`the options are wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'invalid-log-tool-options',
      kind: 'invalid',
      remediation: 'Give the options as one JSON object behind the name of the tool.',
    });
  }
}

/** A replay makes its schema itself, so that it is sure to hold nothing else. */
export class SchemaExistsError extends ZantaraError {
  constructor(schema: string) {
    super(`there is a schema ${schema} already`, {
      code: 'schema-exists',
      kind: 'rejected',
      remediation: `Name another one, or drop it as its owner: DROP SCHEMA ${schema} CASCADE.`,
    });
  }
}
