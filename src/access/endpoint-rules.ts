import type { NeededRole, Role } from '#libs/contracts';
import { ENDPOINTS, PAGE_PATHS } from '#libs/contracts/schemas';

/** Who may use a route. */
export interface EndpointRule {
  role: NeededRole;
  exportRole?: Role;
}

/** `{incident_id}` → `:incident_id`, as the router has it. */
const toRoute = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const RULES: ReadonlyMap<string, EndpointRule> = new Map([
  ...PAGE_PATHS.map((path): [string, EndpointRule] => [`GET ${toRoute(path)}`, { role: 'anyone' }]),
  ...ENDPOINTS.map((endpoint): [string, EndpointRule] => [`${endpoint.method} ${toRoute(endpoint.path)}`, endpoint]),
]);

/** Nothing is known of a route that nobody listed. */
export const findRule = (method: string, route: string): EndpointRule | undefined =>
  RULES.get(`${method === 'HEAD' ? 'GET' : method} ${route}`);

/** What a request takes. A list in another format than JSON may take more; whatever is no format is refused elsewhere. */
export function neededRole({ role, exportRole }: EndpointRule, query: unknown): NeededRole {
  const format = typeof query === 'object' && query !== null && 'format' in query ? query.format : undefined;
  return exportRole === undefined || format === undefined || format === 'json' ? role : exportRole;
}
