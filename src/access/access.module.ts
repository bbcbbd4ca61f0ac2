import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.ts';
import { AccessService } from './access.service.ts';
import { AuthenticationService } from './authentication.service.ts';
import { FirstAdminKey } from './first-admin-key.ts';
import { IdentityController } from './identity.controller.ts';
import { KeysController } from './keys.controller.ts';
import { SessionController } from './session.controller.ts';
import { SessionsService } from './sessions.service.ts';

/** Who may do what: API keys, sessions, and the guard before every endpoint. */
@Module({
  controllers: [KeysController, SessionController, IdentityController],
  providers: [
    AccessService,
    SessionsService,
    AuthenticationService,
    FirstAdminKey,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessService],
})
export class AccessModule {}
