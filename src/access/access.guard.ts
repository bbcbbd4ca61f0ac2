import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { includesRole, type NeededRole } from '#libs/contracts';
import { Configuration } from '../platform/config/configuration.ts';
import { NotAuthenticatedError } from '../platform/http/http.errors.ts';
import type { AdmittedRequest, Principal } from '../platform/http/principal.ts';
import { EndpointNotListedError, RoleMissingError } from './access.errors.ts';
import { AuthenticationService } from './authentication.service.ts';
import { findRule, neededRole } from './endpoint-rules.ts';

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
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const { method, query } = request;
    const route = request.routeOptions.url ?? '';
    const rule = findRule(method, route);
    if (rule === undefined) throw new EndpointNotListedError(`${method} ${route}`);
    const needs = neededRole(rule, query);
    if (needs === 'anyone') return true;
    request.isStillAdmitted = () => this.admits(request, needs);
    const principal = await this.identify(request.headers, needs);
    if (principal !== undefined) request.principal = principal;
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

  /** A session that counts no longer keeps nobody out who could do without; everybody else is told why it doesn't. */
  private async identify(headers: AdmittedRequest['headers'], needs: NeededRole): Promise<Principal | undefined> {
    try {
      return await this.authentication.authenticate(headers);
    } catch (error) {
      if (headers.authorization === undefined && this.isEnough(undefined, needs)) return undefined;
      throw error;
    }
  }
}
