import { type Endpoint, json, type Parameter } from './endpoint.ts';
import { EscalationDetailSchema, ReplayedEscalationSchema, ReplayEscalationSchema } from './escalation.schema.ts';

const ID: Parameter = {
  name: 'escalation_id',
  in: 'path',
  description: 'Its id.',
  schema: EscalationDetailSchema.shape.data.shape.escalation_id,
};

/** One escalation, and to have it told again. The list is a read model. */
export const ESCALATION_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/escalations/{escalation_id}',
    summary:
      'What somebody is told of an escalation: what happened, what was tried, what speaks against acting, what to type next.',
    role: 'viewer',
    parameters: [ID],
    answer: json(EscalationDetailSchema),
    problems: [404],
  },
  {
    method: 'POST',
    path: '/api/escalations/{escalation_id}/replay',
    summary: 'Sends an escalation over the webhook again, with the same webhook id and all attempts anew.',
    role: 'sre',
    parameters: [ID],
    body: ReplayEscalationSchema,
    answer: json(ReplayedEscalationSchema),
    problems: [400, 404, 409],
  },
];
