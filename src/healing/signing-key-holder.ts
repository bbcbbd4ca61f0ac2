import { Injectable } from '@nestjs/common';
import { Configuration } from '../platform/config/configuration.ts';
import { loadSigningKey, type SigningKey } from './signing-keys.ts';

/** The key of this process, loaded once at start so that a broken key file stops the start and not the first fix. */
@Injectable()
export class SigningKeyHolder {
  readonly key: SigningKey;

  constructor(config: Configuration) {
    this.key = loadSigningKey(config.keyDirectory);
  }
}
