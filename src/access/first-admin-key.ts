import { rmSync } from 'node:fs';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration } from '../platform/config/configuration.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { readOrCreatePrivateFile } from '../platform/private-file.ts';
import { hadAdmin } from './access.ts';
import { AdminKeyFileError } from './access.errors.ts';
import { AccessService } from './access.service.ts';
import { createKeyText, hashKey, type KeyText, parseKeyText } from './key-text.ts';

/** Makes the first admin key of an installation, by which every other one is made. */
@Injectable()
export class FirstAdminKey implements OnModuleInit {
  constructor(
    private readonly config: Configuration,
    private readonly access: AccessService,
    private readonly logger: AppLogger,
  ) {}

  async onModuleInit(): Promise<void> {
    if (hadAdmin(await this.access.loadKeys())) return;
    const file = this.config.adminKeyFile;
    // What is in the file counts before the log knows it: whoever dies in between leaves no key behind that nobody has.
    const key = file === undefined ? createKeyText() : readKeyFile(file);
    const { isChanged: isStored } = await this.store(key);
    if (isStored && file === undefined) this.print(key);
    if (isStored && file !== undefined) this.logger.say('info', 'the first admin key is in a file', { file });
    // Another orchestrator was faster, with a key of its own.
    const { keys } = await this.access.loadKeys();
    if (file !== undefined && !keys.has(key.keyId)) rmSync(file, { force: true });
  }

  private store({ keyId, text }: KeyText): ReturnType<AccessService['createFirst']> {
    return this.access.createFirst(
      { key_id: keyId, owner: 'admin', kind: 'person', role: 'admin', key_sha256: hashKey(text), reason: 'first start' },
      { actor: 'access', key: `create:${keyId}`, isDryRun: false },
    );
  }

  private print({ text }: KeyText): void {
    process.stdout.write(
      `The first admin key, shown only now: ${text}\nKeep it safe, and make a key for each person with it: ZANTARA_API_KEY=… zantara keys create --owner NAME --role sre --reason WHY\n`,
    );
  }
}

function readKeyFile(file: string): KeyText {
  try {
    const key = parseKeyText(readOrCreatePrivateFile(file, () => createKeyText().text));
    if (key !== undefined) return key;
  } catch (error) {
    throw new AdminKeyFileError(file, error);
  }
  throw new AdminKeyFileError(file);
}
