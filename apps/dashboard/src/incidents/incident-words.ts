import { type IncidentSummary, plain } from '#libs/contracts';

const SYMPTOMS: ReadonlyMap<string, string> = new Map([
  ['module-import', 'import outside a module'],
  ['syntax', 'syntax error'],
  ['missing-file', 'missing file'],
  ['server-error', 'server error'],
  ['service-down', 'service down'],
  ['database-connection', 'no database connection'],
  ['memory-leak', 'memory leak'],
  ['other', 'other fault'],
]);

const ERROR_TYPES: ReadonlyMap<string, string> = new Map([
  ['js-error', 'script error'],
  ['network', 'network'],
  ['health', 'health check'],
  ['performance', 'performance'],
]);

/** A code that isn't known speaks for itself. */
export const tellSymptom = (symptom: string): string => SYMPTOMS.get(symptom) ?? plain(symptom);
export const tellErrorType = (type: string): string => ERROR_TYPES.get(type) ?? plain(type);

/** The last moment of which is known what happened: of a state that is no end nobody wrote down since when it holds. */
export const findLastMoment = ({
  opened_at: openedAt,
  ended_at: endedAt,
}: Pick<IncidentSummary, 'opened_at' | 'ended_at'>): { what: 'opened' | 'ended'; at: string } =>
  endedAt === null ? { what: 'opened', at: openedAt } : { what: 'ended', at: endedAt };
