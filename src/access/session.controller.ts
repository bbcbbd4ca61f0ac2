import { Body, Controller, Delete, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type BeginSession, formatPosition, type Session } from '#libs/contracts';
import { BeginSessionSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../platform/http/body-of.ts';
import { AccessService } from './access.service.ts';
import { AuthenticationService } from './authentication.service.ts';
import { endSessionCookie } from './session.ts';
import { SessionsService } from './sessions.service.ts';

/** Signing in to the page, and out. */
@Controller('api/session')
export class SessionController {
  constructor(
    private readonly access: AccessService,
    private readonly authentication: AuthenticationService,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  async begin(
    @Body(bodyOf(BeginSessionSchema)) { key: text, dry_run: isDryRun }: BeginSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    const key = await this.authentication.admitKey(text);
    const session = this.sessions.begin(key);
    if (!isDryRun) void reply.header('set-cookie', this.sessions.toCookie(session, isOverTls(request)));
    const { position } = await this.access.findKeys();
    const expiresAt = new Date(session.expiresAtMs).toISOString();
    return { dry_run: isDryRun, owner: key.owner, role: key.role, expires_at: expiresAt, position: formatPosition(position) };
  }

  @Delete()
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): { ended: true } {
    void reply.header('set-cookie', endSessionCookie(isOverTls(request)));
    return { ended: true };
  }
}

/** As the browser says, or the proxy that ends TLS. Whoever says so wrongly only keeps the own cookie from being sent. */
const isOverTls = ({ protocol, headers: { origin = '', ...headers } }: FastifyRequest): boolean =>
  protocol === 'https' || origin.startsWith('https:') || headers['x-forwarded-proto'] === 'https';
