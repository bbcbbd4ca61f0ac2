import type { LogEvidence, LogRecord } from '../evidence.ts';
import { append, change, copyOf, findRecord, insertAfter, read, remove, reportOfStranger } from './forge.ts';
import type { Plant } from './plant.ts';

const lastProbeOf = (evidence: LogEvidence, fixId: string): LogRecord => {
  const probes = evidence.records.filter((record) => record.type === 'ProbeObserved' && read(record, 'fix_id') === fixId);
  return probes.at(-1) ?? findRecord(evidence, 'ProbeObserved');
};

const quieten = (evidence: LogEvidence): LogEvidence => ({ ...evidence, options: { ...evidence.options, quiescent: true } });

/** Violations of what fixes and incidents may do. */
export const HEALING_PLANTS: readonly Plant[] = [
  {
    name: 'something happens to a fix that has ended',
    code: 'illegal-fix-move',
    plant(evidence) {
      const healed = findRecord(evidence, 'FixHealed');
      const executed = findRecord(evidence, 'FixExecuted', ({ stream }) => stream === healed.stream);
      return { ...append(evidence, copyOf(executed)), id: healed.stream };
    },
  },
  {
    name: 'a timer fires in a generation that was not set',
    code: 'illegal-fix-move',
    plant(evidence) {
      const fired = findRecord(evidence, 'TimerFired');
      return { evidence: change(evidence, fired, (data) => ({ ...data, generation: 99 })), position: fired.position };
    },
  },
  {
    name: 'a probe is observed while nothing is verified',
    code: 'illegal-fix-move',
    plant(evidence) {
      const commanded = findRecord(evidence, 'FixCommanded');
      const probe = findRecord(evidence, 'ProbeObserved', ({ stream }) => stream === commanded.stream);
      return { ...insertAfter(evidence, commanded, copyOf(probe)), id: commanded.stream };
    },
  },
  {
    name: 'a fix that was commanded is withdrawn',
    code: 'illegal-fix-move',
    plant(evidence) {
      const started = findRecord(evidence, 'VerificationStarted', (record) => read(record, 'because') === 'executed');
      const withdrawn = { ...copyOf(started, ({ fix_id = '' }) => ({ fix_id })), type: 'FixWithdrawn' };
      return { ...insertAfter(evidence, started, withdrawn), id: started.stream };
    },
  },
  {
    name: 'a fix that was carried out is said to be superseded',
    code: 'illegal-fix-move',
    plant(evidence) {
      const verdict = findRecord(evidence, 'VerdictReached', (record) => read(record, 'verdict') === 'verified');
      const probe = lastProbeOf(evidence, read(verdict, 'fix_id'));
      const superseded = copyOf(verdict, (data) => ({ ...data, verdict: 'superseded' }));
      return { ...insertAfter(evidence, probe, superseded), id: verdict.stream };
    },
  },
  {
    name: 'an incident that was resolved is reopened',
    code: 'illegal-incident-move',
    plant(evidence) {
      const resolved = findRecord(evidence, 'IncidentResolved');
      return { ...append(evidence, { ...copyOf(resolved), type: 'IncidentReopened' }), id: resolved.stream };
    },
  },
  {
    name: 'an incident is resolved twice',
    code: 'illegal-incident-move',
    plant: (evidence) => append(evidence, copyOf(findRecord(evidence, 'IncidentResolved'))),
  },
  {
    name: 'a fix is found good after fewer clean probes than its failure rate asks for',
    code: 'resolved-without-verification',
    plant(evidence) {
      const verdict = findRecord(evidence, 'VerdictReached', (record) => read(record, 'verdict') === 'verified');
      const isItsBeginning = ({ stream }: LogRecord): boolean => stream === verdict.stream;
      const observed = findRecord(evidence, 'FixObserved', isItsBeginning);
      const rarer = change(evidence, observed, (data) => ({ ...data, failure_rate_before: 0.01 }));
      return { evidence: rarer, position: verdict.position, id: read(verdict, 'fix_id') };
    },
  },
  {
    name: 'a fix is found good although its last probe failed',
    code: 'resolved-without-verification',
    plant(evidence) {
      const verdict = findRecord(evidence, 'VerdictReached', (record) => read(record, 'verdict') === 'verified');
      const probe = lastProbeOf(evidence, read(verdict, 'fix_id'));
      return { evidence: change(evidence, probe, (data) => ({ ...data, ok: false })), position: verdict.position };
    },
  },
  {
    name: 'a fix is found good by what its own agent has counted',
    code: 'resolved-without-verification',
    plant(evidence) {
      const verdict = findRecord(evidence, 'VerdictReached', (record) => read(record, 'verdict') === 'verified');
      const isOfFix = ({ type, stream }: LogRecord): boolean => type === 'ProbeObserved' && stream === verdict.stream;
      const observed = findRecord(evidence, 'FixObserved', ({ stream }) => stream === verdict.stream);
      const [earlier, last] = evidence.records.filter(isOfFix).slice(-2);
      if (earlier === undefined || last === undefined) throw new Error('the evidence has no two probes to plant something in');
      const exposures = {
        others: { total: 300, failed: 0, masked: 0 },
        counted_by: [read(observed, 'agent_id')],
        own: { total: 0, failed: 0, masked: 0 },
        clean_in_a_row: 300,
      };
      const broken = change(evidence, earlier, (data) => ({ ...data, ok: false }));
      const planted = change(broken, last, (data) => ({ ...data, exposures }));
      return { evidence: planted, position: verdict.position, id: read(verdict, 'fix_id') };
    },
  },
  {
    name: 'an incident is resolved by a fix that was never verified',
    code: 'resolved-without-verification',
    plant(evidence) {
      const resolved = findRecord(evidence, 'IncidentResolved');
      return { evidence: change(evidence, resolved, (data) => ({ ...data, fix_id: 'another' })), position: resolved.position };
    },
  },
  {
    name: 'a fix is left under way',
    code: 'open-saga',
    plant(evidence) {
      const observed = copyOf(findRecord(evidence, 'FixObserved'), (data) => ({ ...data, fix_id: 'left' }));
      return { ...append(quieten(evidence), { ...observed, stream: 'fix-left' }), id: 'fix-left' };
    },
  },
  {
    name: 'nobody decides about an incident',
    code: 'open-saga',
    plant(evidence) {
      const reported = reportOfStranger(evidence);
      const left = copyOf(findRecord(evidence, 'IncidentOpened'), (data) => ({
        ...data,
        fingerprint: read(reported, 'fingerprint'),
        target: read(reported, 'target'),
        incident_id: 'left-1',
        episode: 1,
      }));
      const { evidence: known } = append(quieten(evidence), reported);
      return { evidence: append(known, { ...left, stream: 'incident-left' }).evidence, id: 'left-1' };
    },
  },
  {
    name: 'an incident goes on after its fix has healed it',
    code: 'open-saga',
    plant(evidence) {
      const resolved = findRecord(evidence, 'IncidentResolved');
      return { evidence: remove(quieten(evidence), resolved), id: read(resolved, 'incident_id') };
    },
  },
  {
    name: 'a fix waits for a timer that never fired',
    code: 'open-saga',
    plant(evidence) {
      const observed = findRecord(evidence, 'FixObserved');
      const told = [
        ['FixObserved', {}],
        ['VerificationStarted', { because: 'recovered-before-fix', required_clean: 6 }],
        ['TimerSet', { name: 'probe', generation: 1, due_at: new Date(evidence.readAtMs - 60_000).toISOString() }],
      ] as const;
      const left = told.map(([type, data]) => ({
        ...copyOf(observed, (before) => ({ ...before, fix_id: 'left', ...data })),
        stream: 'fix-left',
        type,
      }));
      const { records } = evidence;
      return { ...insertAfter(quieten(evidence), records.at(-1) ?? observed, ...left), id: 'fix-left' };
    },
  },
];
