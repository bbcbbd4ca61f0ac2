import type { JsonValue, WireError } from '#libs/contracts';

/** What kind of fault an error shows: the seven wounds, and everything else. A closed list, so that no text decides. */
export type Symptom =
  'module-import' | 'syntax' | 'missing-file' | 'server-error' | 'service-down' | 'database-connection' | 'memory-leak' | 'other';

/** That a service is well says something of these; of an error in a page, or in one request, it says nothing. */
export const TOLD_BY_HEALTH_CHECKS: readonly Symptom[] = ['service-down', 'database-connection'];

const MODULE_IMPORT =
  /Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module|Failed to resolve module specifier|ERR_REQUIRE_ESM|require is not defined in ES module scope/;

/** Sorts an error into the closed list. A text may pick the row of a table here; it never becomes a path, a target or a command. */
export function classifySymptom({ type, data }: WireError): Symptom {
  switch (type) {
    case 'js-error':
      return classifyScriptError(data['message'], data['exception_type']);
    case 'network':
      return classifyStatus(data['status']);
    case 'health':
      return data['check'] === 'database' ? 'database-connection' : 'service-down';
    case 'performance':
      return data['metric'] === 'heap_floor_bytes' ? 'memory-leak' : 'other';
  }
}

function classifyScriptError(message: JsonValue | undefined, exceptionType: JsonValue | undefined): Symptom {
  if (typeof message === 'string' && MODULE_IMPORT.test(message)) return 'module-import';
  return exceptionType === 'SyntaxError' ? 'syntax' : 'other';
}

function classifyStatus(status: JsonValue | undefined): Symptom {
  if (status === 404) return 'missing-file';
  return typeof status === 'number' && status >= 500 ? 'server-error' : 'other';
}
