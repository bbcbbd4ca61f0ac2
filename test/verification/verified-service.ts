import { CHECK_SAMPLES, EXPOSURE_SAMPLES, type JsonObject } from '#libs/contracts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { SignalsService } from '../../src/intake/signals.service.ts';
import { buildMessage } from '../builders/inbound-message-builder.ts';
import { buildErrorReported, buildWireError } from '../builders/incident-builder.ts';
import { store } from '../builders/log-builder.ts';
import type { RunningOrchestrator } from '../builders/running-orchestrator.ts';
import type { FollowedLog } from './followed-log.ts';
import { ScriptedService } from './scripted-service.ts';
import { ScriptedUsers } from './scripted-users.ts';
import { NOBODY, type Row } from './verification-rows.ts';

/** Who stands in front of all services and counts what it passes on. */
export const GATEWAY_AGENT = 'gateway-agent';
const SAMPLE_MS = 200;
const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;
const STEPS = 60;

/** One row of the table in an installation: its service, its users, and what agents say. */
export class VerifiedService {
  private users: ScriptedUsers | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly id: string,
    readonly row: Row,
    readonly http: ScriptedService,
  ) {}

  static async start(row: Row, index: number): Promise<VerifiedService> {
    return new VerifiedService(`${row.service}-${index}`, row, await ScriptedService.start());
  }

  get agentId(): string {
    return `${this.id}-agent`;
  }

  /** It fails, is fixed as the row says, and a verdict is reached: that event's data. */
  async verify(orchestrator: RunningOrchestrator, log: FollowedLog): Promise<JsonObject> {
    await this.tellHistory(orchestrator);
    await this.report(orchestrator);
    const command = await log.find(({ type, data }) => type === 'FixCommanded' && data['target'] === this.id);
    this.http.play(this.row.after);
    this.beginToCount(orchestrator);
    const data = { agent_id: this.agentId, command_id: command['command_id'], phase: 'succeeded' };
    await store(orchestrator.log, logStreams.reports(this.agentId), { type: 'ResultReported', data });
    return log.find(({ type, data: verdict }) => type === 'VerdictReached' && verdict['target'] === this.id);
  }

  stop(): void {
    clearInterval(this.timer);
    this.users?.stop();
    this.http.stop();
  }

  /** Its own agent has seen two checks fail. */
  private async report(orchestrator: RunningOrchestrator): Promise<void> {
    const seen = { check: 'http', reason: 'failing', consecutive_failures: 2, message: 'no answer in time' };
    const report = buildErrorReported({
      agent_id: this.agentId,
      target: this.id,
      fingerprint: `fp@1:${this.id}`,
      error: buildWireError({ data: seen }),
      observed_at: new Date().toISOString(),
    });
    await store(orchestrator.log, logStreams.reports(this.agentId), report);
  }

  private async tellHistory(orchestrator: RunningOrchestrator): Promise<void> {
    const { before, usual } = this.row;
    const nowMs = Date.now();
    if (usual !== undefined) {
      await this.sample(orchestrator, GATEWAY_AGENT, { [EXPOSURE_SAMPLES.total]: 0 }, nowMs - HOUR_MS + STEP_MS);
      await this.sample(orchestrator, GATEWAY_AGENT, { [EXPOSURE_SAMPLES.total]: usual * (HOUR_MS / 1000) }, nowMs - STEP_MS);
    }
    if (before === undefined) return;
    for (let step = 0; step <= STEPS; step++) {
      const { exposures, checks } = before;
      const counted = {
        ...(exposures && {
          [EXPOSURE_SAMPLES.total]: exposures.total * step,
          [EXPOSURE_SAMPLES.failed]: exposures.failed * step,
        }),
        ...(checks && { [CHECK_SAMPLES.total]: checks.total * step, [CHECK_SAMPLES.failed]: checks.failed * step }),
      };
      await this.sample(orchestrator, checks ? this.agentId : GATEWAY_AGENT, counted, nowMs - (STEPS - step) * STEP_MS);
    }
  }

  /** From now on; whoever counts began anew. */
  private beginToCount(orchestrator: RunningOrchestrator): void {
    const { row } = this;
    const comes = row.users !== undefined;
    if (!comes && row.usual === undefined) return;
    const users = new ScriptedUsers(this.http.url, { comes, retry: row.users?.retry === true, before: NOBODY });
    this.users = users;
    const agentId = row.users?.countedBy === 'own' ? this.agentId : GATEWAY_AGENT;
    this.timer = setInterval(() => {
      const { total, failed, masked } = users.counted;
      const counted = { [EXPOSURE_SAMPLES.total]: total, [EXPOSURE_SAMPLES.failed]: failed, [EXPOSURE_SAMPLES.masked]: masked };
      void this.sample(orchestrator, agentId, counted, Date.now());
    }, SAMPLE_MS);
  }

  private async sample(
    orchestrator: RunningOrchestrator,
    agentId: string,
    counted: Readonly<Record<string, number>>,
    storedAtMs: number,
  ): Promise<void> {
    const samples = Object.entries(counted).map(([name, value]) => ({ service_id: this.id, name, value }));
    const body = { v: 1, agent_id: agentId, samples };
    const message = buildMessage({ kind: 'metric', agentId, body, storedAt: new Date(storedAtMs) });
    await orchestrator.app.get(SignalsService).takeIn([message]);
  }
}
