import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { SigningKeyFiles } from '../../src/healing/signing/signing-key-files.ts';
import { SigningKeyHolder } from '../../src/healing/signing/signing-key-holder.ts';
import type { SigningKey } from '../../src/healing/signing/signing-keys.ts';
import { runSigningKeysCommand } from '../../src/healing/signing/signing-keys.command.ts';
import { buildConfiguration } from '../builders/configuration-builder.ts';
import { RecordingLogger } from '../builders/recording-logger.ts';
import { AgentProcess } from './agent-process.ts';
import { AGENT, OrchestratorDouble, TENANT } from './orchestrator-double.ts';

/** Nothing of it fits, so that each command is answered at once and the service runs on: only its signature is the question. */
const HARMLESS = { parameters: { surprise: 1 } };

describe('the signing keys and an agent that runs', () => {
  let nats: TestNats;
  let orchestrator: OrchestratorDouble;
  let agent: AgentProcess;
  let holder: SigningKeyHolder;
  let said: string[];

  beforeEach(async () => {
    nats = await startTestNats({ tenant: TENANT, agents: [AGENT] });
    agent = await AgentProcess.prepare();
    said = [];
    holder = new SigningKeyHolder(buildConfiguration({ KEY_DIR: dirname(agent.keysFile) }), new RecordingLogger());
    orchestrator = await OrchestratorDouble.start(nats, agent.keysFile, () => holder.key);
    agent.start(nats, { maxActions: 100 });
    await agent.untilServing();
    await waitUntil(() => orchestrator.heartbeats.length > 0);
  });
  afterEach(async () => {
    await orchestrator.stop();
    await agent.dispose();
    await nats.stop();
  });

  const command = (...words: string[]): number => {
    const say = (line: string): void => void said.push(line);
    return runSigningKeysCommand([...words, '--directory', dirname(agent.keysFile)], { out: say, err: say });
  };
  const activeId = (): string => new SigningKeyFiles(dirname(agent.keysFile)).read('active').published.key_id;
  const send = async (key: SigningKey, over: Partial<Command> = {}): Promise<Command> => {
    const sent = orchestrator.command({ key_id: key.keyId, ...over });
    await orchestrator.publish(orchestrator.signCommand(sent, key));
    return sent;
  };
  const answersTo = ({ command_id: id }: Command): (string | undefined)[] =>
    orchestrator.results.filter((result) => result.command_id === id).map((result) => result.reason_code);

  it('takes every command while the keys are rotated, twice, and both keys sign', async () => {
    const keyIds = new Set<string>();
    const sent: Command[] = [];
    for (let n = 0; n < 60; n += 1) {
      if (n === 20 || n === 40) expect(command('rotate')).toBe(0);
      const { key } = holder;
      keyIds.add(key.keyId);
      const one = await send(key, HARMLESS);
      sent.push(one);
      // In step with the answers, so that the flow lasts longer than the pause between two looks.
      await waitUntil(() => answersTo(one).length > 0);
      if (n === 30 || n === 50) await waitUntil(() => holder.key.keyId === activeId());
    }
    expect(keyIds.size).toBe(3);
    expect(sent.map((one) => answersTo(one)[0])).toEqual(sent.map(() => 'invalid-parameters'));
    expect(agent.read('agent.log')).not.toContain('a command is not trusted');
    const good = await send(holder.key);
    await orchestrator.untilPhase(good, 'succeeded');
    expect(agent.ledger).toHaveLength(2);
  });

  it('needs no pause: what a new key signs in the moment of its publication is carried out', async () => {
    const first = await send(holder.key, HARMLESS);
    await waitUntil(() => answersTo(first).length > 0);
    command('rotate');
    const fresh = new SigningKeyHolder(buildConfiguration({ KEY_DIR: dirname(agent.keysFile) }), new RecordingLogger()).key;
    expect(fresh.keyId).toBe(activeId());
    await orchestrator.untilPhase(await send(fresh), 'succeeded');
    expect(agent.ledger).toHaveLength(2);
  });

  it('still carries out what an earlier key signed, until that key is revoked; then refuses it and says so', async () => {
    const { key: earlier } = holder;
    command('rotate');
    await waitUntil(() => holder.key.keyId !== earlier.keyId);
    await orchestrator.untilPhase(await send(earlier), 'succeeded');
    const starts = agent.ledger;

    expect(command('revoke', earlier.keyId)).toBe(0);
    // The agent looks into the file twice a second, and each control state has it do so.
    let refused = await send(earlier, HARMLESS);
    await waitUntil(async () => {
      if (answersTo(refused).includes('key-revoked')) return true;
      refused = await send(earlier, HARMLESS);
      return false;
    });
    const late = await send(earlier);
    expect(await orchestrator.untilPhase(late, 'refused')).toMatchObject({ reason_code: 'key-revoked' });
    expect(agent.ledger).toEqual(starts);
    await orchestrator.untilPhase(await send(holder.key), 'succeeded');
  });
});
