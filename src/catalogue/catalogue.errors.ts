import { ZantaraError } from '#libs/contracts';

/** The catalogue file says something that can't be. Everything that is wrong is listed. */
export class InvalidCatalogueError extends ZantaraError {
  constructor(file: string, problems: readonly string[], cause?: unknown) {
    super(`${file} is not a valid catalogue:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'invalid-catalogue',
      kind: 'invalid',
      remediation: 'Correct the file; nothing of it was taken over.',
      cause,
    });
  }
}
