import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { UNDO_GUARDS } from '../laws/guard-words.ts';
import { change, copyOf, findLoneCommand, findRecord, forge, read, renumber, withData } from './forge.ts';
import type { Plant, Planted } from './plant.ts';

type Told = readonly [stream: string, type: string, data?: JsonObject];

/** What healed here left something behind. */
const makeReversible = (evidence: LogEvidence): LogEvidence => ({
  ...evidence,
  options: { ...evidence.options, reversible: [read(findLoneCommand(evidence), 'strategy')] },
});

/** The log with further events at its end, which are told of the one fix that healed. What is planted shows at the undo's command. */
function tellOn(evidence: LogEvidence, told: readonly Told[]): Planted {
  const command = findLoneCommand(evidence);
  const added = told.map(([stream, type, data = {}]): LogRecord => {
    const { fix_id = '', incident_id = '', target = '' } = JSON.parse(command.payload) as JsonObject;
    const about = { fix_id, incident_id: incident_id || read(findHealed(evidence), 'incident_id'), target };
    return { ...withData(copyOf(command), () => ({ ...about, ...data })), stream, type, recordedAtMs: evidence.readAtMs };
  });
  const records = renumber([...evidence.records, ...added]);
  const commanded = records.findLast(({ type }) => type === 'FixCommanded');
  return { evidence: forge(evidence, records), ...(commanded && { position: commanded.position }) };
}

const findHealed = (evidence: LogEvidence): LogRecord => {
  const { stream } = findLoneCommand(evidence);
  return findRecord(evidence, 'FixHealed', (record) => record.stream === stream);
};

const WORDS = UNDO_GUARDS.map((guard) => ({ guard, verdict: 'allow', reason_code: 'ok' }));

interface Undo {
  undoes?: string;
  words?: readonly JsonObject[];
  /** How it ends. */
  end?: 'FixUndone' | 'FixEscalated';
  /** Of its timers: they go on counting. */
  round?: number;
}

/** A person has the fix undone, as the orchestrator would do it. */
function tellUndo(evidence: LogEvidence, { undoes, words = WORDS, end = 'FixUndone', round = 1 }: Undo = {}): Told[] {
  const command = findLoneCommand(evidence);
  const step = undoes ?? read(command, 'command_id');
  const undoId = `${step}.u`;
  const { stream } = command;
  const slot = `slot-${read(command, 'target')}`;
  const { decision_event_id = '', agent_id = '', strategy = '', attempt = 1 } = JSON.parse(command.payload) as JsonObject;
  const generationOf = (name: string): number =>
    evidence.records.filter((record) => record.stream === stream && record.type === 'TimerSet' && read(record, 'name') === name)
      .length + round;
  const timer = (type: string, name: string): Told => [
    stream,
    type,
    {
      name,
      generation: generationOf(name),
      ...(type === 'TimerSet' ? { due_at: new Date(evidence.readAtMs).toISOString() } : {}),
    },
  ];
  const isUndone = end === 'FixUndone';
  return [
    [stream, 'UndoBegun', { strategy, undoes: [step], requested: { actor: 'person:planted' } }],
    timer('TimerSet', 'undo'),
    [slot, 'SlotReserved', { command_id: undoId, is_undo: true }],
    timer('TimerFired', 'undo'),
    [stream, 'FixGuarded', { guards: [...words] }],
    [stream, 'FixCommanded', { decision_event_id, agent_id, strategy, attempt, command_id: undoId, undoes: step }],
    timer('TimerSet', 'acknowledge'),
    [stream, 'FixAcknowledged', { command_id: undoId }],
    ...(isUndone ? ([[stream, 'StepUndone', { command_id: undoId, undoes: step }]] satisfies Told[]) : []),
    [stream, end, isUndone ? { steps: 1, requested_by: 'person:planted' } : { reason_code: 'undo-failed:planted' }],
    [slot, 'SlotReleased'],
  ];
}

/** A sound log in which a fix that healed was undone. */
export function undoSoundly(evidence: LogEvidence): LogEvidence {
  const sound = makeReversible(evidence);
  return tellOn(sound, tellUndo(sound)).evidence;
}

/** Violations of how, and when, fixes are undone. */
export const UNDO_PLANTS: readonly Plant[] = [
  {
    name: 'something is undone that was never carried out',
    code: 'undo-unfounded',
    plant(evidence) {
      const sound = makeReversible(evidence);
      return tellOn(sound, tellUndo(sound, { undoes: `${read(findLoneCommand(sound), 'fix_id')}.9` }));
    },
  },
  {
    name: 'a strategy that leaves nothing behind is undone',
    code: 'undo-unfounded',
    plant: (evidence) => tellOn(evidence, tellUndo(evidence)),
  },
  {
    name: 'a step is undone twice',
    code: 'undo-unfounded',
    plant(evidence) {
      const sound = makeReversible(evidence);
      const first = tellUndo(sound, { end: 'FixEscalated' });
      return tellOn(sound, [...first, ...tellUndo(sound, { round: 2 })]);
    },
  },
  {
    name: 'another step is undone than was announced',
    code: 'undo-unfounded',
    plant(evidence) {
      const sound = makeReversible(evidence);
      const told = tellUndo(sound).map(([stream, type, data]): Told =>
        type === 'UndoBegun' ? [stream, type, { ...data, undoes: ['another'] }] : [stream, type, data],
      );
      return tellOn(sound, told);
    },
  },
  {
    name: 'a step is undone against the word of a guard',
    code: 'command-without-decision',
    plant(evidence) {
      const sound = makeReversible(evidence);
      return tellOn(sound, tellUndo(sound, { words: WORDS.map((word) => ({ ...word, verdict: 'deny' })) }));
    },
  },
  {
    name: 'a step is undone after everything was stopped',
    code: 'command-after-stop',
    plant(evidence) {
      const sound = makeReversible(evidence);
      return tellOn(sound, [['control', 'HealingStopped', { scope: 'global', reason: 'planted' }], ...tellUndo(sound)]);
    },
  },
  {
    name: 'a step is undone on a target that its fix no longer holds',
    code: 'command-without-slot',
    plant(evidence) {
      const sound = makeReversible(evidence);
      return tellOn(
        sound,
        tellUndo(sound).filter(([, type]) => type !== 'SlotReserved'),
      );
    },
  },
  {
    name: 'a reversible fix that did not help is left as it is, and something else is tried',
    code: 'undo-missing',
    plant(evidence) {
      const healed = findHealed(makeReversible(evidence));
      const isOf = (type: string, record: LogRecord): boolean =>
        record.type === type && read(record, 'fix_id') === read(healed, 'fix_id');
      const verdict = findRecord(evidence, 'VerdictReached', (record) => isOf('VerdictReached', record));
      const failed = change(makeReversible(evidence), verdict, (data) => ({ ...data, verdict: 'recurred' }));
      const strategy = read(findLoneCommand(evidence), 'strategy');
      const records = failed.records.map((record) => {
        if (isOf('FixHealed', record)) return { ...withData(record, (data) => ({ ...data, strategy })), type: 'FixAbandoned' };
        return isOf('IncidentResolved', record) ? { ...record, type: 'IncidentReopened' } : record;
      });
      return { evidence: forge(failed, renumber(records)), id: read(healed, 'fix_id') };
    },
  },
];
