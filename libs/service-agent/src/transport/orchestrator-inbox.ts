import { type CommandJournal, type ControlWatch, type Outbox, type SignedMessage, verifyControlState } from '#libs/agent-core';
import { validateControlState, validateReceipt } from '#libs/contracts/schemas';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';
import { parseWith } from '../runtime/parse-body.ts';
import type { OrchestratorKeys } from '../runtime/orchestrator-keys.ts';

export interface OrchestratorInboxOptions {
  readonly tenant: string;
  readonly keys: Pick<OrchestratorKeys, 'verify' | 'isRevoked'>;
  readonly control: ControlWatch;
  readonly outbox: Outbox;
  readonly journal: CommandJournal;
  readonly log: AgentLog;
  /** A state was taken: what may be done can have changed. */
  readonly onControl: () => void;
}

/** What the orchestrator says besides commands: receipts, and whether anything may be done. */
export class OrchestratorInbox {
  constructor(private readonly options: OrchestratorInboxOptions) {}

  /** Committed or refused for good: either way it leaves the outbox. */
  async takeReceipt(body: Uint8Array): Promise<void> {
    const { outbox, journal, log } = this.options;
    try {
      const receipt = parseWith(validateReceipt, body);
      if (receipt === undefined) return;
      const rejected = receipt.rejected.map(({ id }) => id);
      for (const { id, reason_code: code } of receipt.rejected) log('warn', 'the orchestrator refuses an item', { id, code });
      const settled = [...receipt.ids, ...rejected];
      await outbox.settle(settled);
      if (receipt.kind === 'result') for (const id of settled) await this.settleResult(journal, id);
    } catch (error) {
      log('error', 'a receipt could not be recorded', { error: describeError(error) });
    }
  }

  async takeControlState(message: SignedMessage, origin: 'live' | 'stored'): Promise<void> {
    const { tenant, keys, control, log, onControl } = this.options;
    const state = await verifyControlState(message, {
      tenant,
      verifySignature: (check) => keys.verify(check),
      isKeyRevoked: (keyId) => keys.isRevoked(keyId),
      parseControlState: (body) => parseWith(validateControlState, body),
    });
    if (state === undefined) {
      log('warn', 'a control state is not trusted', {});
      return;
    }
    if (control.accept(state, origin)) onControl();
    else log('debug', 'a control state is old', { sequence: state.sequence });
  }

  /** `<command id>:<phase>`; an acknowledgement's receipt says nothing about the outcome. */
  private async settleResult(journal: CommandJournal, id: string): Promise<void> {
    const at = id.lastIndexOf(':');
    if (at !== -1 && id.slice(at + 1) !== 'acknowledged') await journal.markReceipted(id.slice(0, at));
  }
}
