import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import type { Principal } from '../platform/http/principal.ts';
import { type ApiKey, stateOfKey } from './access.ts';
import { IngestKeyRefusedError, KeyExpiredError, KeyRevokedError, KeyUnknownError, SessionEndedError } from './access.errors.ts';
import { AccessService } from './access.service.ts';
import { isKeyOf, parseKeyText } from './key-text.ts';
import { SessionsService } from './sessions.service.ts';

/** A person's key that counts. */
export type PersonKey = ApiKey & { role: Principal['role'] };

/** Finds out who asks. */
@Injectable()
export class AuthenticationService {
  constructor(
    private readonly access: AccessService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /**
   * By the key in the Authorization header, or else by the session.
   *
   * @returns undefined when the request names neither
   * @throws an error of access.errors.ts when what it names doesn't count
   */
  async authenticate({ authorization, cookie }: IncomingHttpHeaders): Promise<Principal | undefined> {
    if (authorization !== undefined) return toPrincipal(await this.admitKey(/^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''));
    const session = this.sessions.find(cookie);
    if (session === undefined) return undefined;
    const { keys } = await this.access.findKeys();
    const key = session === 'ended' ? undefined : keys.get(session.keyId);
    if (key === undefined) throw new SessionEndedError();
    return toPrincipal(this.admit(key));
  }

  /** @throws KeyUnknownError, KeyRevokedError, KeyExpiredError, IngestKeyRefusedError */
  async admitKey(text: string): Promise<PersonKey> {
    const given = parseKeyText(text);
    const { keys } = await this.access.findKeys();
    const key = given === undefined ? undefined : keys.get(given.keyId);
    if (key === undefined || !isKeyOf(text, key.sha256)) throw new KeyUnknownError();
    return this.admit(key);
  }

  private admit(key: ApiKey): PersonKey {
    const { keyId, kind, role } = key;
    const state = stateOfKey(key, this.clock.nowMs());
    if (state === 'revoked') throw new KeyRevokedError(keyId);
    if (state === 'expired') throw new KeyExpiredError(keyId);
    if (kind !== 'person' || role === undefined) throw new IngestKeyRefusedError(keyId);
    return { ...key, role };
  }
}

const toPrincipal = ({ keyId, owner, role }: PersonKey): Principal => ({ keyId, owner, role, actor: `person:${owner}` });
