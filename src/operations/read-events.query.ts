import { Transform, Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

const POSITION = /^\d{1,16}$/;
const toList = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

/** Query of GET /api/events/stream. */
export class FollowEventsQuery {
  @IsOptional()
  @Matches(POSITION, { message: 'after must be a position from an earlier answer' })
  readonly after?: string;

  @IsOptional()
  @Transform(toList)
  @IsString({ each: true })
  @MaxLength(60, { each: true })
  readonly types?: string[];
}

/** Query of GET /api/events. */
export class ReadEventsQuery extends FollowEventsQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  readonly limit: number = 50;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly stream?: string;
}
