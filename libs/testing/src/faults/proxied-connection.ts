import { connect, type Socket } from 'node:net';
import { FaultyFlow, type FlowFaults } from './faulty-flow.ts';

/** `request`: to the server; `answer`: from it. */
export type Direction = 'request' | 'answer';

export interface ConnectionListener {
  /** A number from 0 up to and without 1. */
  random(): number;
  /** Whether the bytes that just came are to be lost together with the connection. */
  isLost(direction: Direction): boolean;
  onClosed(): void;
}

/** A client and the server that it speaks to, with what goes wrong between them in each direction. */
export class ProxiedConnection {
  private readonly sockets: readonly [Socket, Socket];
  private readonly flows: Readonly<Record<Direction, FaultyFlow>>;
  private isOver = false;

  constructor(
    client: Socket,
    target: string,
    private readonly listener: ConnectionListener,
  ) {
    const { hostname, port } = new URL(target);
    const server = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.sockets = [client, server];
    this.flows = { request: this.lead(client, server, 'request'), answer: this.lead(server, client, 'answer') };
  }

  suffer(direction: Direction, faults: FlowFaults): void {
    this.flows[direction].suffer(faults);
  }

  recover(): void {
    const flows = Object.values(this.flows);
    if (flows.some(({ hasLost }) => hasLost)) this.destroy();
    else for (const flow of flows) flow.recover();
  }

  /** Both sides are told of an end, and whatever they still say is let go. */
  cut(): void {
    this.abandon();
    for (const socket of this.sockets) {
      socket.once('end', () => socket.destroy());
      socket.end();
      socket.resume();
    }
  }

  reset(): void {
    this.abandon();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  destroy(): void {
    this.abandon();
    for (const socket of this.sockets) socket.destroy();
  }

  private lead(from: Socket, to: Socket, direction: Direction): FaultyFlow {
    const flow = new FaultyFlow(from, to, () => this.listener.random());
    from.on('error', () => undefined); // the close that follows says it all
    from.on('data', (bytes) => {
      if (this.isOver) return;
      if (this.listener.isLost(direction)) this.destroy();
      else flow.receive(bytes);
    });
    from.on('close', (hasFailed) => this.noteClosed(direction, hasFailed));
    return flow;
  }

  /** A failure of one side is one of the other, unless nobody is to be told. */
  private noteClosed(direction: Direction, hasFailed: boolean): void {
    const flow = this.flows[direction];
    if (hasFailed && flow.isSilent) flow.hasLost = true;
    else if (hasFailed && !this.isOver) this.reset();
    if (this.sockets.every(({ destroyed }) => destroyed)) {
      this.abandon();
      this.listener.onClosed();
    }
  }

  private abandon(): void {
    this.isOver = true;
    for (const flow of Object.values(this.flows)) flow.stop();
  }
}
