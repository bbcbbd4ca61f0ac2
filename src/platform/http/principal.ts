import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#libs/contracts';
import { NotAuthenticatedError } from './http.errors.ts';

/** The person who asks, by whatever key of theirs. */
export interface Principal {
  keyId: string;
  owner: string;
  role: Role;
  /** `person:<owner>`: who acts, in the metadata of events. */
  actor: string;
}

/** A request after it was let in. Without a principal somebody asks who has no key. */
export type AdmittedRequest = FastifyRequest & {
  principal?: Principal;
  /** For answers that last: a key may be revoked meanwhile. */
  isStillAdmitted?: () => Promise<boolean>;
};

/** Of endpoints that need more than somebody without a key may ever be: there it is always known. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
  if (principal === undefined) throw new NotAuthenticatedError();
  return principal;
});
