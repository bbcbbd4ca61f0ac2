import { agentsProjection } from './catalogue/agents.projection.ts';
import { servicesProjection } from './catalogue/services.projection.ts';
import { decisionsProjection } from './decisions/decisions.projection.ts';
import { escalationsProjection } from './escalations/escalations.projection.ts';
import { fixTimersProjection } from './healing/saga/fix-timers.projection.ts';
import { fixesProjection } from './healing/saga/fixes.projection.ts';
import { incidentsProjection } from './incidents/incidents.projection.ts';
import { deadLettersProjection } from './intake/dead-letters.projection.ts';
import { errorsProjection } from './intake/errors.projection.ts';
import { errorPatternsProjection } from './learning/error-patterns.projection.ts';
import type { Projection } from './platform/projections/projection.ts';

/** Every read model, in the order of the loop. The orchestrator keeps them up; the log tools make them anew. */
export const READ_MODELS: readonly Projection[] = [
  errorsProjection,
  deadLettersProjection,
  incidentsProjection,
  decisionsProjection,
  fixesProjection,
  fixTimersProjection,
  escalationsProjection,
  servicesProjection,
  agentsProjection,
  errorPatternsProjection,
];
