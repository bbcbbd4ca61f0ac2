import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { formatPosition, type ServicePage, type ServiceSummary } from '#libs/contracts';
import { Database } from '../platform/database/database.ts';
import { Log } from '../platform/log/log.ts';

interface ServiceRow extends Omit<ServiceSummary, 'since' | 'depends_on'> {
  since: Date | null;
  depends_on: string;
}

const Names = z.array(z.string());

@Controller('api/services')
export class ServicesController {
  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  @Get()
  async list(): Promise<ServicePage> {
    const position = await this.log.checkpoints.load('service_list');
    const rows = await this.database.query<ServiceRow>('SELECT * FROM service_list ORDER BY service_id');
    return { items: rows.map(toSummary), next_cursor: null, position: formatPosition(position) };
  }
}

function toSummary(row: ServiceRow): ServiceSummary {
  return { ...row, since: row.since?.toISOString() ?? null, depends_on: Names.parse(JSON.parse(row.depends_on)) };
}
