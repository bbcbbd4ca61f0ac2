import { createPublicKey, type KeyObject, randomUUID, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RawNats, type RawMessage } from './raw-nats.ts';

export interface DocumentedAgentOptions {
  natsUrl: string;
  seed: string;
  keysFile: string;
  tenant: string;
  agentId: string;
  /** Carries a command out. */
  act: (command: { target: { service_id: string }; strategy: string }) => Promise<void>;
}

interface KeysFile {
  keys: { key_id: string; public_key: string }[];
}

/** The shortest agent that docs/writing-an-agent.md lets one write. It keeps nothing, so it is for this test only. */
export class DocumentedAgent {
  readonly nats: RawNats;
  readonly receipts: { kind: string; ids: string[]; rejected: { id: string; reason_code: string }[] }[] = [];
  readonly answers: string[] = [];
  readonly commands: string[] = [];
  control: { state: string; log_id: string } | undefined;
  private readonly inbox: string;
  private readonly prefix: string;
  private pulls = 0;

  constructor(private readonly options: DocumentedAgentOptions) {
    const { natsUrl, seed, tenant, agentId } = options;
    this.nats = new RawNats(natsUrl, seed);
    this.inbox = `_INBOX_${agentId}`;
    this.prefix = `zt.${tenant}`;
  }

  async start(): Promise<void> {
    const { agentId, tenant } = this.options;
    await this.nats.connected;
    this.nats.subscribe(`${this.inbox}.stored`, ({ body }) => void this.answers.push(body.toString()));
    this.nats.subscribe(`${this.prefix}.receipt.${agentId}`, ({ body }) => {
      this.receipts.push(JSON.parse(body.toString()) as (typeof this.receipts)[number]);
    });
    this.nats.subscribe(`${this.inbox}.control`, (message) => this.takeControl(message));
    this.nats.subscribe(`${this.prefix}.control`, (message) => this.takeControl(message));
    const request = `$JS.API.DIRECT.GET.ZT_${tenant.toUpperCase()}_CONTROL.${this.prefix}.control`;
    this.nats.publish(request, '', { reply: `${this.inbox}.control` });
    this.pull();
  }

  send(kind: 'report' | 'result', body: object): void {
    const headers = { 'Age-Ms': '5', Attempt: '1', 'Nats-Msg-Id': randomUUID() };
    const subject = `${this.prefix}.service.${this.options.agentId}.${kind}`;
    this.nats.publish(subject, JSON.stringify({ v: 1, agent_id: this.options.agentId, ...body }), {
      reply: `${this.inbox}.stored`,
      headers,
    });
  }

  private takeControl(message: RawMessage): void {
    if (this.isSigned(`${this.prefix}.control`, message)) {
      this.control = JSON.parse(message.body.toString()) as { state: string; log_id: string };
    }
  }

  private pull(): void {
    const { tenant, agentId } = this.options;
    const reply = `${this.inbox}.pull${++this.pulls}`;
    this.nats.subscribe(reply, (message) => {
      if (message.status === '100') return;
      if (message.status === undefined) void this.take(message);
      this.pull();
    });
    const request = `$JS.API.CONSUMER.MSG.NEXT.ZT_${tenant.toUpperCase()}_COMMANDS.cmd-${agentId}`;
    this.nats.publish(request, '{"batch":1,"expires":3000000000,"idle_heartbeat":750000000}', { reply });
  }

  private async take(message: RawMessage): Promise<void> {
    if (!this.isSigned(`${this.prefix}.cmd.${this.options.agentId}`, message)) return;
    const command = JSON.parse(message.body.toString()) as {
      command_id: string;
      strategy: string;
      target: { service_id: string };
    };
    this.commands.push(command.command_id);
    this.nats.publish(message.reply ?? '', '+ACK');
    this.send('result', { command_id: command.command_id, phase: 'acknowledged' });
    await this.options.act(command);
    this.send('result', { command_id: command.command_id, phase: 'succeeded' });
  }

  private isSigned(subject: string, { headers, body }: RawMessage): boolean {
    const key = this.findKey(headers.get('Zt-Key-Id'));
    const signature = Buffer.from(headers.get('Zt-Signature') ?? '', 'base64url');
    return key !== undefined && verify(null, Buffer.concat([Buffer.from(`${subject}\n`), body]), key, signature);
  }

  private findKey(keyId: string | undefined): KeyObject | undefined {
    const { keys } = JSON.parse(readFileSync(this.options.keysFile, 'utf8')) as KeysFile;
    const x = keys.find(({ key_id: id }) => id === keyId)?.public_key;
    return x === undefined ? undefined : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  }
}
