// The orchestrator as a later release might be: it writes one type of event in a second version, and reads the first one as well.
import { startOrchestrator } from '../../dist/src/orchestrator.js';
import { Configuration } from '../../dist/src/platform/config/configuration.js';
import { upcasters } from '../../dist/src/platform/log/upcasters.js';
import { Upcasters } from '../../dist/libs/event-store/src/index.js';

const upcast = (data) => ({ ...data, opened_by: 'report' });
const later = new Upcasters([{ type: 'IncidentOpened', fromVersion: 1, upcast }]);
upcasters.newestVersion = (type) => later.newestVersion(type);
upcasters.upcast = (type, version, data) => later.upcast(type, version, data);

// On one thread: a second one would load the upcasters of this release.
await startOrchestrator(Configuration.fromProcess(), { hasReadSideThread: false });
