import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ContentTypeUnsupportedError, CrossSiteRefusedError } from './http.errors.ts';

const READING = new Set(['GET', 'HEAD']);
/** `none`: somebody typed the address. A page on another port of this machine is only `same-site`. */
const OWN_SITE = new Set(['same-origin', 'none']);

/**
 * Lets nothing be changed by a page of another site, whose visitor's browser may hold a session or reach a server that others
 * can't. Before anything else is looked at, the body included.
 */
@Injectable()
export class CrossSiteGuard implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onRequest', async (request) => {
      if (READING.has(request.method)) return;
      if (!isFromHere(request)) throw new CrossSiteRefusedError();
      if (!isJson(request)) throw new ContentTypeUnsupportedError();
    });
  }
}

function isFromHere({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  return (site === undefined || OWN_SITE.has(String(site))) && (origin === undefined || isOriginOf(origin, host));
}

/** By host and port alone: behind a proxy that ends TLS the scheme is another one. `null`, and what is no address, is nobody's. */
function isOriginOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: asking } = new URL(origin);
  const own = `${protocol}//${host}`;
  return asking !== '' && URL.canParse(own) && new URL(own).host === asking;
}

/** Without a body there is nothing to read; but whoever posts has one. */
function isJson({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  const type = headers['content-type'];
  if (type === undefined) return method === 'DELETE';
  return /^application\/json\s*(;|$)/i.test(type);
}
