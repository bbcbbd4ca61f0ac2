import type { Fields } from '../fields.ts';
import { say, type Sentence, type Teller } from '../sentence.ts';
import { toneOfState } from '../tone.ts';

const service =
  (verb: string): Teller =>
  (data) =>
    say(
      'plain',
      `service ${data.text('id')} ${verb} the catalogue: owned by ${data.text('owner_agent')}, autonomy ${data.text('autonomy')}, probed at ${data.text('probe_url')}`,
    );

export const CATALOGUE_TELLERS: Readonly<Record<string, Teller>> = {
  ServiceRegistered: service('is now in'),
  ServiceChanged: service('has changed in'),
  ServiceRetired: (data) => say('plain', `service ${data.text('id')} has left the catalogue`),
  AgentRegistered: (data) => say('plain', `${data.text('class')} agent ${data.text('id')} is now in the catalogue`),
  AgentChanged: (data) => say('plain', `agent ${data.text('id')} is now of class ${data.text('class')}`),
  AgentRetired: (data) => say('plain', `agent ${data.text('id')} has left the catalogue`),
  ServiceStateChanged: tellState,
};

function tellState(data: Fields): Sentence {
  const [id, agent, to] = [data.text('service_id'), data.text('agent_id'), data.text('to')];
  if (data.find('reason_code') === 'heartbeats-missing') {
    return say('warn', `${agent} has fallen silent: nobody knows how ${id} is (it was ${data.text('from')})`);
  }
  const pid = data.find('pid');
  const change = describeChange(data.text('from'), to, data.find('reason_code'));
  return say(toneOfState(to), `${id} ${change}${pid === undefined ? '' : ` (pid ${pid})`}, says ${agent}`);
}

function describeChange(from: string, to: string, reasonCode: unknown): string {
  if (from !== to) return `went from ${from} to ${to}`;
  return reasonCode === 'failed-meanwhile' ? `is ${to} again, and was not for a moment` : `is still ${to}, with a new process`;
}
