import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { Configuration } from '../platform/config/configuration.ts';
import { readOrCreatePrivateFile } from '../platform/private-file.ts';
import type { ApiKey } from './access.ts';
import { SessionSecretError } from './access.errors.ts';
import { openSession, readSessionCookie, sealSession, type Session, toSessionCookie } from './session.ts';

const SECRET_FILE = 'session.secret';
const SESSION_MS = 12 * 60 * 60 * 1000;

/** Sessions of the page, which give a browser what a key would, and let it forget the key. */
@Injectable()
export class SessionsService {
  private readonly secret: string;

  constructor(
    { keyDirectory }: Configuration,
    private readonly clock: Clock,
  ) {
    this.secret = loadSecret(join(keyDirectory, SECRET_FILE));
  }

  /** Never longer than its key. */
  begin({ keyId, expiresAt }: ApiKey): Session {
    const endMs = this.clock.nowMs() + SESSION_MS;
    return { keyId, expiresAtMs: Math.min(endMs, expiresAt?.getTime() ?? endMs) };
  }

  toCookie(session: Session, isSecure: boolean): string {
    const maxAgeS = Math.ceil((session.expiresAtMs - this.clock.nowMs()) / 1000);
    return toSessionCookie(sealSession(this.secret, session), { maxAgeS, isSecure });
  }

  /** @returns undefined when there is none, `ended` when what is there counts no longer */
  find(cookieHeader: string | undefined): Session | 'ended' | undefined {
    const sealed = readSessionCookie(cookieHeader);
    return sealed === undefined ? undefined : (openSession(this.secret, sealed, this.clock.nowMs()) ?? 'ended');
  }
}

function loadSecret(file: string): string {
  try {
    const secret = readOrCreatePrivateFile(file, () => randomBytes(32).toString('base64url'));
    if (Buffer.from(secret, 'base64url').length < 32) throw new TypeError('it is too short');
    return secret;
  } catch (error) {
    throw new SessionSecretError(file, error);
  }
}
