import { explainReason, Fields, Narrator, tellGuardVerdict, type TimelineEntry, type Told } from '#libs/contracts';

export interface Word {
  who: string;
  verdict: string;
  why: string;
  tone: 'good' | 'warn' | 'bad';
}

/** One decision: what was chosen, what was not, and what each guard said. */
export interface Decision {
  told: Told<TimelineEntry>;
  candidates: Word[];
  guards: Word[];
}

/** One command and how it ended. */
export interface Attempt {
  told: Told<TimelineEntry>;
  /** Which attempt it is, or the undo of which. */
  title: string;
  answers: Told<TimelineEntry>[];
}

/** One independent check. */
export interface Check {
  started: Told<TimelineEntry>;
  probes: { told: Told<TimelineEntry>; ok: boolean }[];
  verdict: Told<TimelineEntry> | undefined;
}

export interface Story {
  told: Told<TimelineEntry>[];
  decisions: Decision[];
  attempts: Attempt[];
  checks: Check[];
}

/** Puts the events of an incident in the order in which somebody asks for them. */
export function tellStory(timeline: readonly TimelineEntry[]): Story {
  const narrator = new Narrator();
  const told = timeline.map((entry) => narrator.tell(entry));
  return {
    told,
    decisions: told.filter(({ event }) => event.type === 'DecisionMade').map(toDecision),
    attempts: told.filter(({ event }) => event.type === 'FixCommanded').map((command) => toAttempt(command, told)),
    checks: toChecks(told),
  };
}

function toDecision(told: Told<TimelineEntry>): Decision {
  const data = new Fields(told.event.data);
  const candidates = data.list('candidates').map((candidate) => ({
    who: candidate.text('strategy'),
    why: whyOf(candidate),
    ...(candidate.isTrue('allowed') ? POSSIBLE : RULED_OUT),
  }));
  const guards = data.list('guards').map((guard) => ({
    who: guard.text('guard').replaceAll('-', ' '),
    verdict: tellGuardVerdict(guard.text('verdict')),
    why: whyOf(guard),
    tone: TONES.get(guard.text('verdict')) ?? 'bad',
  }));
  return { told, candidates, guards };
}

const POSSIBLE = { verdict: 'possible', tone: 'good' } as const;
const RULED_OUT = { verdict: 'ruled out', tone: 'bad' } as const;

const TONES: ReadonlyMap<string, Word['tone']> = new Map<string, Word['tone']>([
  ['allow', 'good'],
  ['defer', 'warn'],
]);

/** What says nothing beyond the verdict. */
const SILENT = new Set(['ok', 'rule-allows']);

function whyOf(fields: Fields): string {
  const code = fields.text('reason_code');
  return SILENT.has(code) ? '' : explainReason(code);
}

const ANSWERS = new Set(['FixAcknowledged', 'FixExecuted', 'FixAttemptFailed', 'OutcomeUnknown', 'StepUndone']);

function toAttempt(told: Told<TimelineEntry>, all: readonly Told<TimelineEntry>[]): Attempt {
  const commandId = told.event.data['command_id'];
  const answers = all.filter(({ event }) => ANSWERS.has(event.type) && event.data['command_id'] === commandId);
  const data = new Fields(told.event.data);
  const what = data.find('undoes') === undefined ? 'Attempt' : 'Undo of attempt';
  return { told, title: `${what} ${data.text('attempt')}`, answers };
}

/** How a check ends; a verdict that is taken back stands no more. */
const CONCLUSIONS = new Set(['VerdictReached', 'VerdictRevoked', 'FixWithdrawn']);

function toChecks(all: readonly Told<TimelineEntry>[]): Check[] {
  const checks: Check[] = [];
  for (const told of all) {
    const { type, data } = told.event;
    const current = checks.at(-1);
    if (type === 'VerificationStarted') checks.push({ started: told, probes: [], verdict: undefined });
    else if (type === 'ProbeObserved') current?.probes.push({ told, ok: data['ok'] === true });
    else if (CONCLUSIONS.has(type) && current !== undefined) current.verdict = told;
  }
  return checks;
}

/** What ends an incident, and what takes such an end back: the last one holds. */
const ENDS = ['IncidentMitigated', 'IncidentReopened', 'IncidentResolved', 'IncidentEscalated', 'VerdictRevoked'];

const DEEDS = ['FixExecuted', 'FixAttemptFailed', 'OutcomeUnknown', 'FixCommanded', 'StepUndone', 'FixUndone'];

/** The incident in a few lines: what was seen, decided, done and found. */
export function summarise({ told }: Story): { what: string; told: Told<TimelineEntry> }[] {
  const last = (...types: string[]): Told<TimelineEntry> | undefined => told.findLast(({ event }) => types.includes(event.type));
  const lines = [
    { what: 'Seen', told: told.find(({ event }) => event.type === 'ErrorReported' || event.type === 'IncidentOpened') },
    { what: 'Decided', told: last('DecisionMade') },
    { what: 'Done', told: last(...DEEDS) },
    { what: 'Checked', told: last(...CONCLUSIONS, 'ProbeObserved', 'VerificationStarted') },
    { what: 'Ended', told: last(...ENDS) },
  ];
  return lines.flatMap((line) => (line.told === undefined ? [] : [{ what: line.what, told: line.told }]));
}
