import { Controller, Get, Req } from '@nestjs/common';
import { formatPosition, type Identity } from '#libs/contracts';
import { Configuration } from '../platform/config/configuration.ts';
import { NotAuthenticatedError } from '../platform/http/http.errors.ts';
import type { AdmittedRequest } from '../platform/http/principal.ts';
import { AccessService } from './access.service.ts';

@Controller('api/whoami')
export class IdentityController {
  constructor(
    private readonly access: AccessService,
    private readonly config: Configuration,
  ) {}

  @Get()
  async show(@Req() { principal, headers }: AdmittedRequest): Promise<Identity> {
    const position = formatPosition((await this.access.findKeys()).position);
    if (principal === undefined) {
      const { anonymousRole: role } = this.config;
      if (role === undefined) throw new NotAuthenticatedError();
      return { by: 'nothing', role, owner: null, key_id: null, position };
    }
    const { role, owner, keyId } = principal;
    return { by: headers.authorization === undefined ? 'session' : 'key', role, owner, key_id: keyId, position };
  }
}
