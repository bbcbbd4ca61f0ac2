import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DashboardNotBuiltError } from './operations.errors.ts';

/** Of ours, whether this file runs as it is or built. */
const FOLDER = 'dist/apps/dashboard';
const INDEX = 'index.html';

/** Nothing but our own files, no script or style in the page itself, and nobody's frame. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** The built page: its files under names that change with their content, and the page itself, which is asked for anew each time. */
@Injectable()
export class DashboardFiles implements OnModuleInit {
  readonly folder = join(findPackageFolder(dirname(fileURLToPath(import.meta.url))), FOLDER);

  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    // Not waited for, as that would start Fastify, which then takes nothing more: it is loaded when the server begins to listen.
    void this.host.httpAdapter.getInstance().register(fastifyStatic, {
      root: join(this.folder, 'assets'),
      prefix: '/assets/',
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      index: false,
    });
  }

  /** @throws DashboardNotBuiltError */
  sendPage(reply: FastifyReply): FastifyReply {
    return this.send(reply, { cacheControl: false });
  }

  /** The page says itself that its address leads nowhere. Without a tag: an unchanged file would be answered without a body. */
  sendMissingPage(reply: FastifyReply): FastifyReply {
    return this.send(reply.status(404), { cacheControl: false, etag: false, lastModified: false });
  }

  private send(reply: FastifyReply, options: Pick<FastifyStaticOptions, 'cacheControl' | 'etag' | 'lastModified'>): FastifyReply {
    if (!existsSync(join(this.folder, INDEX))) throw new DashboardNotBuiltError();
    return reply.headers(PAGE_HEADERS).sendFile(INDEX, this.folder, options);
  }
}

/** The folder of package.json above. */
function findPackageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  return above === folder ? folder : findPackageFolder(above);
}
