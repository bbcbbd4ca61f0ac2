import { Controller, Get, NotFoundException, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Page, VIEWS } from '#libs/contracts';
import { ListViewQuery } from './list-view.query.ts';
import { renderList } from './render-list.ts';
import { ViewQueries } from './view-queries.ts';
import type { ViewRow } from './view-sql.ts';

/** These tell more than their view, in controllers of their own. */
const ELSEWHERE = new Set(['incidents', 'services']);

const listed = new Map(VIEWS.filter(({ path }) => !ELSEWHERE.has(path)).map((view) => [`/api/${view.path}`, view]));

/** The lists that are read models and nothing else. */
@Controller()
export class ViewsController {
  constructor(private readonly views: ViewQueries) {}

  @Get([...listed.keys()])
  async list(
    @Query() query: ListViewQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ViewRow> | string> {
    const [path = ''] = url.split('?');
    const view = listed.get(path);
    if (view === undefined) throw new NotFoundException();
    return renderList(reply, await this.views.list(view, query), {
      format: query.format,
      columns: Object.keys({ ...view.columns, ...view.computed }),
    });
  }
}
