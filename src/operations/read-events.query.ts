import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

/** Each costs a search of its own. */
const MAX_TYPES = 50;
const POSITION = /^\d{1,16}$/;
const TYPE = /^[A-Z][A-Za-z0-9]{0,99}$/;
const STREAM = /^[\x21-\x7e]{1,200}$/;
const toList = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

/** Query of GET /api/events/stream. */
export class FollowEventsQuery {
  @IsOptional()
  @Matches(POSITION, { message: 'after must be a position from an earlier answer' })
  readonly after?: string;

  @IsOptional()
  @Transform(toList)
  @ArrayMaxSize(MAX_TYPES, { message: `types must name at most ${MAX_TYPES} event types` })
  @Matches(TYPE, { each: true, message: 'types must be names of event types, separated by commas' })
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
  @Matches(STREAM, { message: 'stream must be the name of a stream' })
  readonly stream?: string;

  /** Answered with what can be asked of the past. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly asOf?: string;
}
