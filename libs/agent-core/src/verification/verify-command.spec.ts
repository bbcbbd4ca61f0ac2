import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Command, type ControlState, controlSubject, signingBytes } from '#libs/contracts';
import { validateCommand, validateControlState } from '#libs/contracts/schemas';
import { CommandJournal } from '../journal/command-journal.ts';
import { ControlWatch } from './control-watch.ts';
import { type ControlVerification, MAX_CONTROL_BYTES, verifyControlState } from './verify-control-state.ts';
import {
  MAX_COMMAND_BYTES,
  type SignatureCheck,
  type SignedMessage,
  verifyCommand,
  type VerificationContext,
} from './verify-command.ts';

const LOG = '018f4e3a-7b1c-7d2e-8f00-000000000001';
const START = Date.parse('2026-01-01T00:00:00.000Z');
const SUBJECT = 'zt.local.cmd.memory-agent';
const keys = generateKeyPairSync('ed25519');
const foreignKeys = generateKeyPairSync('ed25519');
const at = (ms: number): string => new Date(START + ms).toISOString();

const command = (over: Partial<Command> = {}): Command => ({
  v: 1,
  command_id: 'c1',
  key_id: 'k1',
  agent_id: 'memory-agent',
  target: { service_id: 'memory' },
  strategy: 'restart/service',
  parameters: {},
  fence: { log_id: LOG, position: '100' },
  issued_at: at(0),
  expires_at: at(60_000),
  decision_event_id: '018f4e3a-7b1c-7d2e-8f00-000000000002',
  approvals: [],
  ...over,
});

function signed(content: unknown, over: { subject?: string; keyId?: string; key?: typeof keys } = {}): SignedMessage {
  const subject = over.subject ?? SUBJECT;
  const body = new TextEncoder().encode(JSON.stringify(content));
  const bytes = signingBytes(new TextEncoder().encode(subject), body);
  const signature = sign(null, bytes, (over.key ?? keys).privateKey).toString('base64url');
  return { subject, body, keyId: over.keyId ?? 'k1', signature };
}

const verifySignature = async ({ keyId, signature, bytes }: SignatureCheck) => {
  if (!keyId.startsWith('k')) return 'unknown-key' as const;
  return verify(null, bytes, keys.publicKey, Buffer.from(signature, 'base64url')) ? ('valid' as const) : ('invalid' as const);
};

const parse = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));

async function createContext() {
  const clock = { epoch: 'boot-1', ms: 0, nowMs: () => clock.ms };
  const records = { load: async () => [], append: async () => undefined, rewrite: async () => undefined };
  const journal = await CommandJournal.open(records, clock);
  const control = new ControlWatch(clock);
  const parsed: Uint8Array[] = [];
  const context: VerificationContext = {
    tenant: 'local',
    agentId: 'memory-agent',
    verifySignature,
    parseCommand: (body) => {
      parsed.push(body);
      const validation = validateCommand(parse(body));
      return validation.valid ? validation.value : undefined;
    },
    isKeyRevoked: (keyId) => keyId === 'k-revoked',
    findFloor: (id) => (id === 'memory' ? { strategies: ['restart/service'], maxActionsPerHour: 2 } : undefined),
    control,
    journal,
  };
  return { context, clock, journal, control, parsed };
}

const heartbeat = (sequence: number, over: Partial<ControlState> = {}): ControlState => ({
  v: 1,
  key_id: 'k1',
  state: 'running',
  stopped_services: [],
  stopped_strategies: [],
  log_id: LOG,
  version: 1,
  sequence,
  issued_at: at(0),
  ...over,
});

const start = (commandId: string, position: number) => ({
  commandId,
  serviceId: 'memory',
  strategy: 'restart/service',
  fence: { log_id: LOG, position },
});

describe('verifyCommand', () => {
  let world: Awaited<ReturnType<typeof createContext>>;
  const judge = (message: SignedMessage) => verifyCommand(message, world.context);

  beforeEach(async () => {
    world = await createContext();
    world.control.accept(heartbeat(1), 'live');
  });

  it('accepts a command that is in order', async () => {
    expect(await judge(signed(command()))).toEqual({
      kind: 'accepted',
      command: command(),
      fence: { log_id: LOG, position: 100 },
    });
  });

  it('distrusts any flipped bit of body, subject or signature, before it parses', async () => {
    const message = signed(command());
    const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
      const flipped = Uint8Array.from(bytes);
      const index = (bit >> 3) % flipped.length;
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (bit & 7));
      return flipped;
    };
    const place = fc.constantFrom('body' as const, 'subject' as const, 'signature' as const);
    await fc.assert(
      fc.asyncProperty(place, fc.nat(), async (where, bit) => {
        const forged = { ...message };
        if (where === 'body') forged.body = flip(message.body, bit);
        if (where === 'subject') forged.subject = Buffer.from(flip(Buffer.from(SUBJECT), bit)).toString('latin1');
        if (where === 'signature') {
          forged.signature = Buffer.from(flip(Buffer.from(message.signature ?? '', 'base64url'), bit)).toString('base64url');
        }
        expect(await judge(forged)).toEqual({ kind: 'untrusted', code: 'bad-signature' });
        expect(world.parsed).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, () => SignedMessage]>([
    ['too-large', () => ({ ...signed(command()), body: new Uint8Array(MAX_COMMAND_BYTES + 1) })],
    ['unsigned', () => ({ ...signed(command()), signature: undefined })],
    ['unsigned', () => ({ ...signed(command()), keyId: undefined })],
    ['unknown-key', () => signed(command(), { keyId: 'other' })],
    ['bad-signature', () => signed(command(), { key: foreignKeys })],
    ['bad-signature', () => ({ ...signed(command()), subject: 'zt.local.cmd.another-agent' })],
    ['bad-schema', () => signed({ ...command(), surprise: true })],
    ['bad-schema', () => signed({ ...command(), v: 2 })],
  ])('does not even answer a message that is %s (%#)', async (code, message) => {
    expect(await judge(message())).toEqual({ kind: 'untrusted', code });
  });

  it.each<[string, SignedMessage]>([
    ['other-target', signed(command({ agent_id: 'another-agent' }))],
    ['other-target', signed(command(), { subject: 'zt.local.cmd.another-agent' })],
    ['other-target', signed(command({ target: { service_id: 'rag' } }))],
    ['key-mismatch', signed(command({ key_id: 'k2' }))],
    ['key-revoked', signed(command({ key_id: 'k-revoked' }), { keyId: 'k-revoked' })],
    ['expired', signed(command({ expires_at: at(0) }))],
    ['expired', signed(command({ expires_at: at(-1) }))],
    ['other-log', signed(command({ fence: { log_id: '018f4e3a-7b1c-7d2e-8f00-00000000000f', position: '101' } }))],
    ['bad-schema', signed(command({ fence: { log_id: LOG, position: '9999999999999999' } }))],
    ['bad-schema', signed(command({ fence: { log_id: LOG, position: '0101' } }))],
    ['strategy-not-allowed', signed(command({ strategy: 'restart/recycle-pool' }))],
  ])('refuses a command with the code %s (%#)', async (code, message) => {
    expect(await judge(message)).toMatchObject({ kind: 'refused', code });
  });

  it('refuses a fence at or below the last accepted one', async () => {
    await world.journal.start(start('c0', 100));
    for (const position of ['99', '100']) {
      expect(await judge(signed(command({ fence: { log_id: LOG, position } })))).toMatchObject({ code: 'stale-fence' });
    }
    expect(await judge(signed(command({ fence: { log_id: LOG, position: '101' } })))).toMatchObject({ kind: 'accepted' });
  });

  it('knows a command again, though it has expired since', async () => {
    await world.journal.start(start('c1', 100));
    world.clock.ms += 3_600_000;
    expect(await judge(signed(command()))).toMatchObject({ kind: 'known', entry: { state: 'started' } });
  });

  it('measures the expiry by the orchestrator, not by the wall clock of the machine', async () => {
    world.clock.ms += 59_999;
    world.control.accept(heartbeat(2, { issued_at: at(59_999) }), 'live');
    expect(await judge(signed(command()))).toMatchObject({ kind: 'accepted' });
    world.clock.ms += 1;
    expect(await judge(signed(command()))).toMatchObject({ code: 'expired' });
  });

  it('waits for the first control state, and acts on no old one', async () => {
    const fresh = await createContext();
    expect(await verifyCommand(signed(command()), fresh.context)).toMatchObject({ code: 'time-unknown' });
    fresh.control.accept(heartbeat(1), 'stored');
    expect(await verifyCommand(signed(command()), fresh.context)).toMatchObject({ code: 'control-stale' });
    world.clock.ms += 10_000;
    expect(await judge(signed(command()))).toMatchObject({ code: 'control-stale' });
  });

  it.each<[string, Partial<ControlState>]>([
    ['everything', { state: 'stopped' }],
    ['its service', { stopped_services: ['memory'] }],
    ['its strategy', { stopped_strategies: ['restart/service'] }],
  ])('refuses while %s is stopped, also when that is long ago', async (_, over) => {
    world.control.accept(heartbeat(2, over), 'live');
    world.clock.ms += 30_000;
    expect(await judge(signed(command()))).toMatchObject({ code: 'control-stopped' });
  });

  it('keeps to its own rate for one target and hour', async () => {
    await world.journal.start(start('a', 1));
    await world.journal.start(start('b', 2));
    expect(await judge(signed(command()))).toMatchObject({ code: 'rate-limited' });
    world.clock.ms += 3_600_000;
    world.control.accept(heartbeat(2, { issued_at: at(3_600_000) }), 'live');
    expect(await judge(signed(command({ expires_at: at(3_700_000) })))).toMatchObject({ kind: 'accepted' });
  });

  it('names the first rule broken when several are', async () => {
    world.control.accept(heartbeat(2, { state: 'stopped' }), 'live');
    const all = { agent_id: 'x', key_id: 'k2', expires_at: at(-1), strategy: 'retry/any' };
    const order: (keyof typeof all | 'control')[] = ['agent_id', 'key_id', 'expires_at', 'control', 'strategy'];
    const codes: unknown[] = [];
    const remaining: Partial<Command> = { ...all };
    for (const rule of order) {
      const verdict = await judge(signed(command(remaining)));
      codes.push('code' in verdict ? verdict.code : verdict.kind);
      if (rule === 'control') world.control.accept(heartbeat(3), 'live');
      else delete remaining[rule];
    }
    expect(codes).toEqual(['other-target', 'key-mismatch', 'expired', 'control-stopped', 'strategy-not-allowed']);
  });
});

describe('verifyControlState', () => {
  const subject = controlSubject('local');
  const judge = (message: SignedMessage, over: Partial<ControlVerification> = {}) =>
    verifyControlState(message, {
      tenant: 'local',
      verifySignature,
      isKeyRevoked: (keyId) => keyId === 'k-revoked',
      parseControlState: (body) => {
        const validation = validateControlState(parse(body));
        return validation.valid ? validation.value : undefined;
      },
      ...over,
    });

  it('takes a signed state', async () => {
    expect(await judge(signed(heartbeat(1), { subject }))).toEqual(heartbeat(1));
  });

  it('takes one that stops as many services and strategies as there may be', async () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `${n}-`.padEnd(63, 'x'));
    const full = heartbeat(1, { stopped_services: names, stopped_strategies: names.map((n) => `restart/${n.slice(0, 60)}`) });
    expect(await judge(signed(full, { subject }))).toEqual(full);
    const tooMany = { ...full, stopped_services: [...names, 'one-more'] };
    expect(await judge(signed(tooMany, { subject }))).toBeUndefined();
  });

  it.each<[string, SignedMessage]>([
    ['a forged one', signed(heartbeat(1), { subject, key: foreignKeys })],
    ['an unsigned one', { ...signed(heartbeat(1), { subject }), signature: undefined }],
    ['one of another tenant', signed(heartbeat(1), { subject: controlSubject('other') })],
    ['one that names another key', signed(heartbeat(1, { key_id: 'k2' }), { subject })],
    ['one of a revoked key', signed(heartbeat(1, { key_id: 'k-revoked' }), { subject, keyId: 'k-revoked' })],
    ['one that does not fit the schema', signed({ ...heartbeat(1), state: 'paused' }, { subject })],
    ['a huge one', { ...signed(heartbeat(1), { subject }), body: new Uint8Array(MAX_CONTROL_BYTES + 1) }],
  ])('ignores %s', async (_, message) => {
    expect(await judge(message)).toBeUndefined();
  });

  it('ignores one whose key is found to be revoked while it is looked up', async () => {
    const revoked = new Set<string>();
    const found = await judge(signed(heartbeat(1), { subject }), {
      verifySignature: async (check) => {
        revoked.add(check.keyId);
        return verifySignature(check);
      },
      isKeyRevoked: (keyId) => revoked.has(keyId),
    });
    expect(found).toBeUndefined();
  });
});
