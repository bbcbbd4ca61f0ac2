import { ZantaraError } from '#libs/contracts';

/** The settings are wrong; all that is wrong is listed. */
export class ConfigurationError extends ZantaraError {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, {
      code: 'invalid-configuration',
      kind: 'invalid',
      remediation: 'Set these variables; .env.example says what each is for.',
    });
  }
}
