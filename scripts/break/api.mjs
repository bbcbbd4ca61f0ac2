const TIMEOUT_MS = 2_000;

/** What the orchestrator answers; `undefined` when it doesn't. */
export async function askApi(apiUrl, path) {
  try {
    const response = await fetch(`${apiUrl}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

export async function findServiceState(apiUrl, id) {
  const page = await askApi(apiUrl, '/api/services');
  return page?.items.find((service) => service.service_id === id);
}

const listEscalated = async (apiUrl, id) =>
  (await askApi(apiUrl, `/api/incidents?service=${encodeURIComponent(id)}&state=escalated&limit=50`))?.items ?? [];

const nameOf = (incident) => `${incident.incident_id} ${incident.changed_at}`;

/** Answers a function that finds the first incident of the service that was escalated since now. */
export async function watchEscalation(apiUrl, id) {
  const before = new Set((await listEscalated(apiUrl, id)).map(nameOf));
  return async () => (await listEscalated(apiUrl, id)).find((incident) => !before.has(nameOf(incident)));
}
