import { formatDuration } from '../duration.ts';
import type { Fields } from '../fields.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Sentence, type Teller } from '../sentence.ts';

/** An age that is worth telling, in milliseconds. */
const LATE_MS = 2000;

export const INTAKE_TELLERS: Readonly<Record<string, Teller>> = {
  ErrorReported: tellReport,
  ResultReported: (data) => {
    const [agent, phase] = [data.text('agent_id'), data.text('phase')];
    const reason = data.find('reason_code');
    const isBad = phase === 'failed' || phase === 'refused' || phase === 'outcome_unknown';
    const took = data.number('duration_ms');
    const text = `${agent} answers "${phase.replaceAll('_', ' ')}"${took === undefined ? '' : ` after ${formatDuration(took)}`}`;
    return say(isBad ? 'warn' : 'plain', text, [reason === undefined ? undefined : explainReason(reason)]);
  },
  MessageDeadLettered: (data) =>
    say('warn', `a message on ${data.text('subject')} was set aside: ${data.text('reason')} [${data.text('reason_code')}]`, [
      `${plural(data.number('original_bytes') ?? 0, 'byte')}, delivered ${plural(data.number('deliveries') ?? 0, 'time')}`,
    ]),
};

function tellReport(data: Fields): Sentence {
  const error = data.within('error');
  const text = error.find('type') === 'health' ? tellHealth(data, error.within('data')) : tellError(data, error);
  const ageMs = data.number('age_ms') ?? 0;
  const fix = data.within('fix').find('strategy');
  return say('bad', text, [
    ageMs > LATE_MS ? `observed ${formatDuration(ageMs)} before it came in` : undefined,
    fix === undefined ? undefined : `the agent tried ${fix} by itself`,
  ]);
}

function tellHealth(data: Fields, details: Fields): string {
  const [agent, target] = [data.text('agent_id'), data.text('target')];
  if (details.find('reason') === 'exited') {
    const pid = details.find('pid');
    const who = pid === undefined ? 'the process' : `process ${pid}`;
    return `${agent} saw ${who} of ${target} exit (${exitOf(details)})`;
  }
  const failures = details.number('consecutive_failures');
  const often = failures === undefined ? '' : ` in ${plural(failures, 'check')} in a row`;
  const message = details.find('message');
  return `${agent} finds ${target} failing${often}${message === undefined ? '' : `: ${message}`}`;
}

function exitOf(details: Fields): string {
  const signal = details.find('signal');
  if (signal !== undefined) return `signal ${signal}`;
  const code = details.find('exit_code');
  return code === undefined ? 'nobody knows why' : `exit code ${code}`;
}

function tellError(data: Fields, error: Fields): string {
  const details = error.within('data');
  const what = [details.find('status'), details.find('method'), details.find('url'), details.find('message')];
  const known = what.filter((part) => part !== undefined).join(' ');
  const text = `${data.text('agent_id')} reports a ${error.text('severity')} ${error.text('type')} fault of ${data.text('target')}`;
  return known === '' ? text : `${text}: ${known}`;
}
