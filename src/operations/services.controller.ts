import { Controller, Get } from '@nestjs/common';
import type { ServicePage } from '#libs/contracts';
import { ServiceQueries } from './service-queries.ts';

@Controller('api/services')
export class ServicesController {
  constructor(private readonly services: ServiceQueries) {}

  @Get()
  list(): Promise<ServicePage> {
    return this.services.list();
  }
}
