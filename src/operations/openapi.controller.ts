import { Controller, Get } from '@nestjs/common';
import { computeOpenApi } from '#libs/contracts/schemas';
import { VERSION } from '../platform/version.ts';

@Controller('openapi.json')
export class OpenApiController {
  private readonly document = computeOpenApi(VERSION);

  @Get()
  show(): object {
    return this.document;
  }
}
