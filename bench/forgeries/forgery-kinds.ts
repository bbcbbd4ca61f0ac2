import { type Command, commandSubject, HEADERS, type RefusalCode } from '#libs/contracts';
import { AGENT, type CommandMessage, TENANT } from '../../test/service-agent/orchestrator-double.ts';
import { type Fate, type Forger, type Forgery, forgeGood } from './forgery.ts';

export type Forge = (forger: Forger) => Forgery;

export const OTHER_AGENT = { tenant: TENANT, agentClass: 'service' as const, agentId: 'other-agent' };

const headersOf = ({ keyId, signature }: CommandMessage): Forgery['headers'] => [
  [HEADERS.keyId, keyId],
  [HEADERS.signature, signature],
];
const forgery = (command: Command, message: CommandMessage, fate: Fate): Forgery => ({
  subject: message.subject,
  body: message.body,
  headers: headersOf(message),
  commandId: command.command_id,
  fate,
});
const untrusted = (code: RefusalCode): Fate => ({ kind: 'untrusted', code });

/** Signed as it should be, and changed afterwards. */
const altered =
  (code: RefusalCode, alter: (message: CommandMessage, forger: Forger) => Partial<CommandMessage>): Forge =>
  (forger) => {
    const { command, message } = forgeGood(forger);
    return forgery(command, { ...message, ...alter(message, forger) }, untrusted(code));
  };

/** Another content, and signed as it should be. */
const signed =
  (fate: Fate, content: (command: Command, forger: Forger) => object): Forge =>
  (forger) => {
    const command = forger.orchestrator.command();
    const subject = commandSubject(TENANT, AGENT.agentId);
    return forgery(command, forger.orchestrator.sign(subject, { ...command, ...content(command, forger) }), fate);
  };
const refused = (code: RefusalCode, content: (command: Command, forger: Forger) => Partial<Command>): Forge =>
  signed({ kind: 'refused', code }, content);

function flipBit(bytes: Uint8Array, { random }: Forger): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = random.below(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
  return flipped;
}

/** What remains visible ASCII: anything else is no header any more, or would be trimmed. */
function flipText(text: string, forger: Forger): string {
  for (;;) {
    const flipped = Buffer.from(flipBit(Buffer.from(text), forger)).toString('latin1');
    if (/^[!-~]+$/.test(flipped)) return flipped;
  }
}

/** Signed for one subject and sent on another. */
const signedFor =
  (toSubject: (subject: string, forger: Forger) => string): Forge =>
  (forger) => {
    const { command, message } = forgeGood(forger);
    const elsewhere = forger.orchestrator.sign(toSubject(message.subject, forger), command);
    return forgery(command, { ...elsewhere, subject: message.subject }, untrusted('bad-signature'));
  };

const signedBy =
  (key: (forger: Forger) => Forger['foreignKey'], fate: Fate): Forge =>
  (forger) => {
    const { keyId } = key(forger);
    const command = forger.orchestrator.command({ key_id: keyId });
    return forgery(command, forger.orchestrator.signCommand(command, key(forger)), fate);
  };

const lastFence = ({ done }: Forger): number => Number(done.at(-1)?.command.fence.position ?? 0);
const withFence = (command: Command, position: number): Partial<Command> => ({
  fence: { ...command.fence, position: String(position) },
});

const inThePast = (command: Command, { random }: Forger): Partial<Command> => ({
  // Well in the past: the agent takes the time for a little earlier than it is, by the way of the fastest heartbeat.
  expires_at: new Date(Date.parse(command.issued_at) - 60_000 - random.below(3_600_000)).toISOString(),
});

function repeatMember(message: CommandMessage, { random }: Forger): Partial<CommandMessage> {
  const text = Buffer.from(message.body).toString();
  const [, name = 'v', value = '1'] = random.pick([...text.matchAll(/"([a-z_]+)":("[^"]*"|\d+)/g)]);
  return { body: Buffer.from(`{"${name}":${value},${text.slice(1)}`) };
}

/** Each of these the agent gets and judges at once. */
export const KINDS: Readonly<Record<string, Forge>> = {
  'bit flipped in the body': altered('bad-signature', ({ body }, forger) => ({ body: flipBit(body, forger) })),
  'bit flipped in the signature': altered('bad-signature', ({ signature }, forger) => ({
    signature: flipText(signature, forger),
  })),
  'bit flipped in the subject': signedFor(flipText),
  'signed with another key': signedBy(({ foreignKey }) => foreignKey, untrusted('bad-signature')),
  'signed for another agent': signedFor(() => commandSubject(TENANT, OTHER_AGENT.agentId)),
  'signed for another tenant': signedFor(() => commandSubject('other', AGENT.agentId)),
  truncated: altered('bad-signature', ({ body }, { random }) => ({ body: body.slice(0, random.below(body.length)) })),
  'a member repeated': altered('bad-signature', repeatMember),
  'an undo made of a signed command': altered('bad-signature', ({ body }, { done, random }) => ({
    body: Buffer.from(`{"undoes":"${random.pick(done).command.command_id}",${Buffer.from(body).toString().slice(1)}`),
  })),
  'signature of another command': (forger) => {
    const { command, message } = forgeGood(forger);
    return forgery(command, { ...message, signature: forgeGood(forger).message.signature }, untrusted('bad-signature'));
  },
  'two signatures, the wrong one first': (forger) => {
    const { command, message } = forgeGood(forger);
    const wrong: [string, string] = [HEADERS.signature, forgeGood(forger).message.signature];
    return { ...forgery(command, message, untrusted('bad-signature')), headers: [wrong, ...headersOf(message)] };
  },
  unsigned: (forger) => {
    const { command, message } = forgeGood(forger);
    return { ...forgery(command, message, untrusted('unsigned')), headers: headersOf(message).slice(0, 1) };
  },
  'too large': signed(untrusted('too-large'), (_command, { random }) => ({
    decision_event_id: 'x'.repeat(65_536 + random.below(1_000)),
  })),
  'a member that there is not': signed(untrusted('bad-schema'), () => ({ surprise: true })),
  'a member missing': signed(untrusted('bad-schema'), () => ({ expires_at: undefined })),
  'names another agent': refused('other-target', () => ({ agent_id: OTHER_AGENT.agentId })),
  'names another service': refused('other-target', () => ({ target: { service_id: 'rag' } })),
  'names another key': refused('key-mismatch', () => ({ key_id: 'another-key' })),
  'signed with a revoked key': signedBy(({ revokedKey }) => revokedKey, { kind: 'refused', code: 'key-revoked' }),
  expired: refused('expired', inThePast),
  'of another log': refused('other-log', ({ fence }, { random }) => ({ fence: { ...fence, log_id: random.uuid() } })),
  'a lower fence': refused('stale-fence', (command, forger) =>
    withFence(command, 1 + forger.random.below(lastFence(forger) - 1)),
  ),
  'the same fence': refused('stale-fence', (command, forger) => withFence(command, lastFence(forger))),
  'a strategy that is not allowed': refused('strategy-not-allowed', () => ({ strategy: 'restart/recycle-pool' })),
  'parameters that do not fit': refused('invalid-parameters', () => ({ parameters: { surprise: 1 } })),
  'an undo of what has no way back': refused('undo-not-offered', (_command, { done, random }) => ({
    undoes: random.pick(done).command.command_id,
  })),
  replayed: ({ random, done }) => {
    // Not the latest one if there are others: while its answer waits for a receipt it isn't given twice.
    const { command, message } = random.pick(done.length > 1 ? done.slice(0, -1) : done);
    return forgery(command, message, { kind: 'answered' });
  },
  'sent to another agent': (forger) => {
    const { command, message } = forgeGood(forger);
    return { ...forgery(command, message, { kind: 'elsewhere' }), subject: commandSubject(TENANT, OTHER_AGENT.agentId) };
  },
};

/** The agent waits for the key for half a minute, as its file may be on its way, so there can be few of them at a time. */
export const SLOW_KINDS: Readonly<Record<string, Forge>> = {
  'signed with an unknown key': signedBy(({ unknownKey }) => unknownKey, untrusted('unknown-key')),
  'bit flipped in the key id': altered('unknown-key', ({ keyId }, forger) => ({ keyId: flipText(keyId, forger) })),
};

/** In order, and held back by what holds everything back at that moment. */
export const heldBack = (code: RefusalCode, over: (command: Command) => Partial<Command> = () => ({})): Forge =>
  refused(code, over);
