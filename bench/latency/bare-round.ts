import { Client } from 'pg';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Installation } from '../installation/installation.ts';

const SUBJECT = 'bare.echo';
const ADMINISTRATOR = 'administrator';
const WITHIN_MS = 10_000;

/** The least that a message and its being kept can take on this machine, at this moment: one round trip, one commit. */
export class BareRound {
  /** In milliseconds. */
  readonly trips: number[] = [];
  readonly commits: number[] = [];

  private constructor(
    private readonly asking: NatsConnection,
    private readonly answering: NatsConnection,
    private readonly database: Client,
  ) {}

  static async open({ servers, logUrl }: Installation): Promise<BareRound> {
    const [asking, answering] = await Promise.all([
      servers.nats.connectRaw(ADMINISTRATOR),
      servers.nats.connectRaw(ADMINISTRATOR),
    ]);
    answering.subscribe(SUBJECT, { callback: (_error, message) => void message.respond(message.data) });
    await answering.flush();
    const database = new Client({ connectionString: logUrl });
    await database.connect();
    await database.query('CREATE TABLE bare_commits (n bigserial PRIMARY KEY, body text NOT NULL)');
    return new BareRound(asking, answering, database);
  }

  async take(): Promise<void> {
    const begunAt = performance.now();
    await this.asking.request(SUBJECT, new Uint8Array(512), { timeout: WITHIN_MS });
    const answeredAt = performance.now();
    await this.database.query({ name: 'bare', text: 'INSERT INTO bare_commits (body) VALUES ($1)', values: ['x'.repeat(512)] });
    this.trips.push(answeredAt - begunAt);
    this.commits.push(performance.now() - answeredAt);
  }

  async close(): Promise<void> {
    await this.database.end();
    await Promise.all([this.asking.close(), this.answering.close()]);
  }
}
