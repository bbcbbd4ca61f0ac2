import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { retireKeys } from './signing-key-changes.ts';
import { SigningKeyFiles } from './signing-key-files.ts';
import { loadSigningKey, type SigningKey } from './signing-keys.ts';

/** As often as agents look into their file. */
const LOOK_PAUSE_MS = 500;

/**
 * The key that signs. It is loaded at start, so that a broken key file stops the start and not the first fix, and again when its
 * file was replaced: a rotation needs no restart. One message asks once, for its id and its signature must be of one key.
 */
@Injectable()
export class SigningKeyHolder {
  private readonly files: SigningKeyFiles;
  private current: SigningKey;
  private version: string;
  private lastLookMs = performance.now();

  constructor(
    private readonly config: Configuration,
    private readonly logger: AppLogger,
  ) {
    this.files = new SigningKeyFiles(config.keyDirectory);
    this.current = loadSigningKey(config.keyDirectory);
    this.version = this.files.versionOf('active');
  }

  get key(): SigningKey {
    if (performance.now() - this.lastLookMs >= LOOK_PAUSE_MS) {
      this.lastLookMs = performance.now();
      this.look();
    }
    return this.current;
  }

  private look(): void {
    try {
      // Asked for before it is read: a change in between is seen at the next look.
      const version = this.files.versionOf('active');
      if (version !== this.version) this.load(version);
      retireKeys(this.files, this.current.keyId, Date.now());
    } catch (error) {
      this.logger.problem('the signing keys can not be looked at, the one that is known goes on signing', error);
    }
  }

  private load(version: string): void {
    this.current = loadSigningKey(this.config.keyDirectory);
    this.version = version;
    this.logger.say('info', 'another key signs commands', { key_id: this.current.keyId });
  }
}
