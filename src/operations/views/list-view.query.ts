import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { VIEWS } from '#libs/contracts';

export const FORMATS = ['json', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Of whatever may be asked how it was. */
export class AsOfQuery {
  @IsOptional()
  @IsString()
  @MaxLength(40)
  readonly asOf?: string;
}

/** Of lists that are answered whole. */
export class WholeListQuery extends AsOfQuery {
  @IsOptional()
  @IsIn(FORMATS)
  readonly format?: Format;
}

/** What every other list can be asked. */
export class ListQuery extends WholeListQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  readonly limit: number = 50;

  @IsOptional()
  @IsString()
  @MaxLength(1000)
  readonly cursor?: string;
}

/** Every column by which some list can be narrowed. */
export const FILTERS: readonly string[] = [...new Set(VIEWS.flatMap(({ filters }) => filters))];

/** Query of the lists that are read models and nothing else. */
export class ListViewQuery extends ListQuery {}
for (const filter of FILTERS) {
  for (const decorate of [IsOptional(), IsString(), MaxLength(200)]) decorate(ListViewQuery.prototype, filter);
}
