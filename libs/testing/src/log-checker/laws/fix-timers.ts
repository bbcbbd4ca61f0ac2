import { readNumber, readText } from '../fields.ts';
import type { CheckFrame } from '../evidence.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { computeClockTolerance } from './tolerances.ts';

interface TimerTrace {
  set: number;
  fired: number;
  dueAtMs: number;
}

/** `illegal-fix-move`, of timers: a timer is set with the next generation, and only the latest one fires, once, when it is due. */
export function createTimerLaw(frame: CheckFrame): Law {
  const tolerance = computeClockTolerance(frame);
  const timers = new Map<string, TimerTrace>();

  function judge({ type, position, data, recordedAtMs }: LogEvent): Violation[] {
    const fixId = readText(data, 'fix_id');
    const name = readText(data, 'name');
    const generation = readNumber(data, 'generation');
    const timer = timers.get(`${fixId}:${name}`) ?? { set: 0, fired: 0, dueAtMs: 0 };
    timers.set(`${fixId}:${name}`, timer);
    const illegal = (sentence: string): Violation[] => [
      violation('illegal-fix-move', `${sentence} of timer ${name}`, { positions: [position], ids: [`fix-${fixId}`] }),
    ];
    if (type === 'TimerSet') {
      if (generation !== timer.set + 1) return illegal(`generation ${generation} follows ${timer.set}`);
      timer.set = generation;
      timer.dueAtMs = Date.parse(readText(data, 'due_at'));
      return [];
    }
    if (generation !== timer.set) return illegal(`generation ${generation} fires, and ${timer.set} is the latest`);
    if (generation === timer.fired) return illegal(`generation ${generation} fires again`);
    timer.fired = generation;
    // What waits, for a person or between two attempts, waits to the end.
    if (!(recordedAtMs >= timer.dueAtMs - tolerance))
      return illegal(`generation ${generation} fires ${timer.dueAtMs - recordedAtMs} ms early`);
    return [];
  }

  return { observe: (event) => (event.type === 'TimerSet' || event.type === 'TimerFired' ? judge(event) : []) };
}
