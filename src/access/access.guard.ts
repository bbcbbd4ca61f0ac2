import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { includesRole, type NeededRole } from '#libs/contracts';
import { Configuration } from '../platform/config/configuration.ts';
import { NotAuthenticatedError } from '../platform/http/http.errors.ts';
import type { AdmittedRequest, Principal } from '../platform/http/principal.ts';
import { EndpointNotListedError, RoleMissingError } from './access.errors.ts';
import { AuthenticationService } from './authentication.service.ts';
import { findRule, neededRole } from './endpoint-rules.ts';
import { endSessionCookie } from './session.ts';

/** Lets in only who may, as ENDPOINTS says. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly config: Configuration,
    private readonly authentication: AuthenticationService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // What comes over NATS was let in by its credential.
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AdmittedRequest>();
    const { method, query } = request;
    const route = request.routeOptions.url ?? '';
    const rule = findRule(method, route);
    if (rule === undefined) throw new EndpointNotListedError(`${method} ${route}`);
    const needs = neededRole(rule, query);
    if (needs === 'anyone') return true;
    request.isStillAdmitted = () => this.admits(request, needs);
    const principal = await this.identify(request, http.getResponse<FastifyReply>());
    if (this.isEnough(principal, needs)) return true;
    throw principal === undefined ? new NotAuthenticatedError() : new RoleMissingError(principal.role, needs);
  }

  private isEnough(principal: Principal | undefined, needs: NeededRole): boolean {
    return includesRole(principal?.role ?? this.config.anonymousRole, needs);
  }

  private async admits({ headers }: AdmittedRequest, needs: NeededRole): Promise<boolean> {
    try {
      return this.isEnough(await this.authentication.authenticate(headers), needs);
    } catch {
      // Whatever the reason: nobody is let in any more.
      return false;
    }
  }

  private async identify(request: AdmittedRequest, reply: FastifyReply): Promise<Principal | undefined> {
    try {
      const principal = await this.authentication.authenticate(request.headers);
      if (principal !== undefined) request.principal = principal;
      return principal;
    } catch (error) {
      // A session that counts no longer must not keep somebody out who could do without.
      if (request.headers.authorization === undefined) void reply.header('set-cookie', endSessionCookie(false));
      throw error;
    }
  }
}
