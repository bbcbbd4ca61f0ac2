import { Controller, Get, Header } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics.ts';
import { ReadinessService } from './readiness.service.ts';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly readiness: ReadinessService,
  ) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async expose(): Promise<string> {
    await this.readiness.measure();
    return this.metrics.registry.metrics();
  }
}
