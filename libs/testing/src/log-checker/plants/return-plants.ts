import type { JsonObject } from '#libs/contracts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { copyOf, findLoneCommand, findRecord, forge, insertAfter, read, renumber, withData } from './forge.ts';
import { findService, setting } from './guard-plants.ts';
import type { Plant, Planted } from './plant.ts';
import { tellAgain } from './second-round.ts';

/** A fault came back and was healed again, under what a person had set; and the command of it. */
interface Return {
  readonly evidence: LogEvidence;
  readonly command: LogRecord;
}

function returnUnder(evidence: LogEvidence, settings: JsonObject, otherTarget?: string): Return {
  const { evidence: told, again } = tellAgain(evidence, otherTarget);
  const command = again.find(({ type }) => type === 'FixCommanded');
  const [first] = again;
  if (first === undefined || command === undefined) throw new Error('nothing was commanded again');
  const { stream, type, data } = setting('global', { first_cool_down_ms: 0, ...settings });
  const said = { ...withData(copyOf(first), () => data), stream, type };
  const records = renumber(told.records.toSpliced(told.records.indexOf(first), 0, said));
  return {
    evidence: forge(told, records),
    command: findRecord({ ...told, records }, 'FixCommanded', ({ id }) => id === command.id),
  };
}

const plantIn = ({ evidence, command }: Return): Planted => ({
  evidence,
  position: command.position,
  id: read(command, 'command_id'),
});

/** The catalogue knows a further service like the one that was healed. */
function registerLike(evidence: LogEvidence, id: string): LogEvidence {
  const registered = findService(evidence, read(findLoneCommand(evidence), 'target'));
  return insertAfter(
    evidence,
    registered,
    copyOf(registered, (data) => ({ ...data, id })),
  ).evidence;
}

/** Violations that show only where something is done for the second time. */
export const RETURN_PLANTS: readonly Plant[] = [
  {
    name: 'a target is not left alone for as long as it has to be',
    code: 'guard-breached',
    plant: (evidence) => plantIn(returnUnder(evidence, { first_cool_down_ms: 3_600_000, longest_cool_down_ms: 3_600_000 })),
  },
  {
    name: 'what has come back once too often is restarted again',
    code: 'guard-breached',
    plant: (evidence) => plantIn(returnUnder(evidence, { max_returns_per_hour: 1 })),
  },
  {
    name: 'one target more is touched than may be within a while',
    code: 'guard-breached',
    plant(evidence) {
      const known = registerLike(evidence, 'planted-target');
      return plantIn(returnUnder(known, { blast_radius_share: 0 }, 'planted-target'));
    },
  },
  {
    name: 'a fix gives its target back before its end, and another one is commanded',
    code: 'two-live-fixes',
    plant(evidence) {
      const { evidence: told, command } = returnUnder(evidence, {});
      const target = read(command, 'target');
      const first = findRecord(told, 'FixCommanded', (record) => read(record, 'target') === target);
      const healed = findRecord(told, 'FixHealed', ({ stream }) => stream === first.stream);
      const records = renumber([...told.records.filter((record) => record !== healed), healed]);
      return { evidence: forge(told, records), position: command.position - 1, id: target };
    },
  },
  {
    name: 'an agent begins what was commanded before what it began last',
    code: 'stale-fence',
    plant(evidence) {
      const { evidence: told, command } = returnUnder(evidence, {});
      const [agentId, target] = [read(command, 'agent_id'), read(command, 'target')];
      const late = { commandId: read(command, 'command_id'), target, fencePosition: command.position };
      const ledgers = told.ledgers.map((ledger) =>
        ledger.agentId === agentId ? { ...ledger, effects: [late, ...ledger.effects] } : ledger,
      );
      const earlier = evidence.ledgers.flatMap(({ effects }) => effects).find((effect) => effect.target === target);
      return { evidence: { ...told, ledgers }, ...(earlier && { id: earlier.commandId }) };
    },
  },
];
