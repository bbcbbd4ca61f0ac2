import { TransportUnavailableError } from '../service-agent.errors.ts';
import type {
  AgentTransport,
  CommandSettlement,
  DeliveredCommand,
  OutboundMessage,
  TransportListeners,
} from './agent-transport.ts';

/** The twin of the NATS transport: keeps what the agent publishes and hands it whatever a test gives. */
export class InMemoryTransport implements AgentTransport {
  readonly published: OutboundMessage[] = [];
  readonly sent: OutboundMessage[] = [];
  isConnected = true;
  private listeners: TransportListeners | undefined;

  start(listeners: TransportListeners): void {
    this.listeners = listeners;
    if (this.isConnected) listeners.onConnected();
  }

  async publish(message: OutboundMessage): Promise<void> {
    if (!this.isConnected) throw new TransportUnavailableError();
    this.published.push(message);
  }

  send(message: OutboundMessage): void {
    if (this.isConnected) this.sent.push(message);
  }

  async stop(): Promise<void> {
    this.isConnected = false;
  }

  reconnect(): void {
    this.isConnected = true;
    this.listeners?.onConnected();
  }

  async deliver(command: DeliveredCommand): Promise<CommandSettlement | undefined> {
    return this.listeners?.onCommand(command);
  }

  receipt(body: Uint8Array): void {
    this.listeners?.onReceipt(body);
  }
}
