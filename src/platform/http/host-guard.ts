import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Configuration } from '../config/configuration.ts';
import { HostNotAllowedError } from './http.errors.ts';

/** As they stand in a Host header. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Lets in only who asks for this server by a name that is its own. Otherwise a page of anybody could have its own name resolved to
 * this machine, and its visitor's browser would read everything here as if it were of the same origin.
 */
@Injectable()
export class HostGuard implements OnModuleInit {
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    { host: own, allowedHosts }: Configuration,
  ) {
    this.names = new Set([...LOOPBACK, own.includes(':') ? `[${own}]` : own, ...allowedHosts]);
  }

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onRequest', async ({ headers: { host = '' } }) => {
      if (!this.names.has(nameOf(host))) throw new HostNotAllowedError(host);
    });
  }
}

const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();
