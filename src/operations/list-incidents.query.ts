import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { NAME_PATTERN } from '#libs/contracts';
import { IncidentStateSchema } from '#libs/contracts/schemas';

/** Query of GET /api/incidents. */
export class ListIncidentsQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  readonly limit: number = 50;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly cursor?: string;

  @IsOptional()
  @IsIn(IncidentStateSchema.options)
  readonly state?: string;

  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'service must be an id of lower-case letters, digits and hyphens' })
  readonly service?: string;
}
