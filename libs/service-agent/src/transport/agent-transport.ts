import type { JsonObject, MessageKind } from '#libs/contracts';
import type { SignedMessage } from '#libs/agent-core';

/** What becomes of a command that came: it is the journal's now, or it comes again later, or never. */
export type CommandSettlement =
  | { readonly action: 'ack' }
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'drop'; readonly reasonCode: string };

export interface DeliveredCommand extends SignedMessage {
  /** The first time included. */
  readonly deliveries: number;
}

export interface TransportListeners {
  readonly onReceipt: (body: Uint8Array) => void;
  readonly onControl: (message: SignedMessage, origin: 'live' | 'stored') => Promise<void>;
  /** One at a time, and only after the control state has been read. Rejected for something unavailable, it is handed on again. */
  readonly onCommand: (command: DeliveredCommand) => Promise<CommandSettlement>;
  /** The broker can be reached, for the first time or again. */
  readonly onConnected: () => void;
}

export interface OutboundMessage {
  readonly kind: MessageKind;
  readonly body: JsonObject;
  readonly messageId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the agent reaches the orchestrator: NATS, and an in-memory twin for tests. */
export interface AgentTransport {
  readonly isConnected: boolean;
  /** Returns at once and connects in the background, however long that takes. */
  start(listeners: TransportListeners): void;
  /**
   * Resolves when the broker has it.
   * @throws ZantaraError
   */
  publish(message: OutboundMessage): Promise<void>;
  /** For what is worth nothing later: heartbeats, metrics. Dropped while the broker is away. */
  send(message: OutboundMessage): void;
  stop(): Promise<void>;
}
