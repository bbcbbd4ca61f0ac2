/** An event as its table holds it. Payload and metadata are text, because their bytes are what the chain covers. */
export interface LogRecord {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: string;
  readonly metadata: string;
  readonly recordedAtMs: number;
}

/** One committed batch; hashes are hexadecimal. */
export interface ChainRow {
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Microseconds since 1970. */
  readonly recordedAtUs: number;
  readonly previousHash: string;
  readonly hash: string;
  /** Leaf hashes of its events in order, without anything between them. */
  readonly leaves: string;
}

/** Part of a log: its events in order, and the chain rows that end among them. */
export interface LogPage {
  readonly records: readonly LogRecord[];
  readonly chain: readonly ChainRow[];
}

export type TableRow = Readonly<Record<string, unknown>>;

/** Rows of views by their names. */
export type ReadModels = Readonly<
  Record<'incidents' | 'services' | 'fix_timers' | 'fixes' | 'decisions', readonly TableRow[]>
> & {
  /** Absent where there is no SQL, in which alone it is defined. */
  readonly fix_success?: readonly TableRow[];
};

/** A table in which a secret stands: the first one is number 1. */
export interface SecretPlace {
  readonly table: string;
  readonly number: number;
}

/** All that a database says about a log beside its events, read in the same snapshot. */
export interface LogFrame {
  /** When it was read, by the database's clock. */
  readonly readAtMs: number;
  readonly head: { readonly position: number; readonly chainHash: string };
  readonly streamHeads: ReadonlyMap<string, number>;
  /** Of every reader of the log; a read model's is called `read-model:<name>`. */
  readonly checkpoints: ReadonlyMap<string, number>;
  readonly readModels: ReadModels;
  /** Where else secrets were found that were looked for, beside the log. */
  readonly secretPlaces: readonly SecretPlace[];
}

export interface LedgerReport {
  readonly reportId: string;
  /** A receipt came for it: from then on the orchestrator answers for it. */
  readonly receipted: boolean;
  /** It was sent to be turned away: there has to be a dead letter of it, and nothing of it may be stored. */
  readonly isBroken?: boolean;
  /** A door refused it and said so, and counted it: nobody has to have heard of it. */
  readonly wasRefused?: boolean;
}

/** A command that an agent began to carry out. */
export interface Effect {
  readonly commandId: string;
  readonly target: string;
  /** The position of the command, as its envelope told. */
  readonly fencePosition: number;
}

/** What an agent itself says that it took in and did. */
export interface AgentLedger {
  readonly agentId: string;
  /** Absent where nothing is known of its reports. */
  readonly reports?: readonly LedgerReport[];
  readonly effects: readonly Effect[];
  /** Commands that came again when it had begun them already, as they came then; it did nothing about them. */
  readonly repeated?: readonly Effect[];
}

export interface CheckOptions {
  /** Every report of a ledger must be stored, not only what was receipted: all had time to arrive. */
  readonly everyReport?: boolean;
  /** Every reader had time to read up to this position. */
  readonly readThrough?: number;
  /** All is quiet: every fix has ended or waits for a timer that is still to fire. */
  readonly quiescent?: boolean;
  /** Every fix had time to come to its end; only a check of an agent's word may wait, for its time. */
  readonly everyFixEnded?: boolean;
  /** What must not be found anywhere: letters, digits and signs that JSON writes as they are. */
  readonly secrets?: readonly string[];
  /** How far the database's clock was set back while it ran, which no process of ours follows at once. */
  readonly clockSetBackMs?: number;
  /** Strategies that can be undone, beside patches. */
  readonly reversible?: readonly string[];
}

/** What is known before the first event is looked at. */
export interface CheckFrame extends LogFrame {
  readonly ledgers: readonly AgentLedger[];
  readonly options: CheckOptions;
}

/** A whole log with what its agents say. */
export interface LogEvidence extends CheckFrame, LogPage {}
