import { IsIn, IsOptional, Matches } from 'class-validator';
import { NAME_PATTERN } from '#libs/contracts';
import { IncidentStateSchema } from '#libs/contracts/schemas';
import { ListQuery } from './views/list-view.query.ts';

/** Query of GET /api/incidents. */
export class ListIncidentsQuery extends ListQuery {
  @IsOptional()
  @IsIn(IncidentStateSchema.options)
  readonly state?: string;

  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'service must be an id of lower-case letters, digits and hyphens' })
  readonly service?: string;
}
