import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#libs/contracts';
import { readNumber, readObject, readText, readTexts } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import { PolicyHistory } from './policy-history.ts';
import { CLOCKS_MS } from './tolerances.ts';

interface Asked {
  readonly action: JsonObject;
  readonly actionSha256: string;
  readonly roles: readonly string[];
  readonly required: number;
  readonly requestedBy: string;
  readonly expiresAtMs: number;
  readonly persons: Set<string>;
}

const hashOf = (value: JsonObject): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Who was asked about which action, and who allowed it, by the stream of the fix: this checker's own fold. */
export class Approvals {
  private readonly asked = new Map<string, Asked>();
  private readonly policy = new PolicyHistory();

  observe(event: LogEvent): void {
    this.policy.observe(event);
    if (event.type === 'ApprovalRequested') this.ask(event);
    if (event.type === 'ApprovalGranted') this.grant(event);
  }

  /** Why a command lacks the word of persons; `undefined` where it has it, or needs none. */
  objectTo({ stream, data }: LogEvent, needsPersons: boolean): string | undefined {
    if (!needsPersons) return undefined;
    const asked = this.asked.get(stream);
    if (asked === undefined) return 'nobody was asked to allow it';
    const { action, required, persons } = asked;
    if (!(persons.size >= required)) return `${persons.size} of ${required} persons had allowed it`;
    const differs = ['fix_id', 'agent_id', 'target', 'strategy'].find((name) => readText(action, name) !== readText(data, name));
    if (differs !== undefined) return `persons allowed another ${differs}`;
    const isSame = hashOf(readObject(action, 'parameters')) === hashOf(readObject(data, 'parameters'));
    return isSame ? undefined : 'persons allowed other parameters';
  }

  private ask(event: LogEvent): void {
    const action = readObject(event.data, 'action');
    const ttlMs = this.policy.limit('approval_ttl_ms', readText(action, 'target'), readText(action, 'strategy'));
    this.asked.set(event.stream, toAsked(event, ttlMs));
  }

  /** A word that comes late, on another action, from the wrong role or from who asked is none. */
  private grant({ stream, data, recordedAtMs }: LogEvent): void {
    const asked = this.asked.get(stream);
    if (asked === undefined) return;
    const person = readText(data, 'approved_by');
    const isOfIt = readText(data, 'action_sha256') === asked.actionSha256 && asked.actionSha256 === hashOf(asked.action);
    const isEntitled =
      asked.roles.includes(readText(data, 'role')) && person !== asked.requestedBy && person.startsWith('person:');
    if (isOfIt && isEntitled && recordedAtMs <= asked.expiresAtMs + CLOCKS_MS) asked.persons.add(person);
  }
}

/** Who may allow anything at all. */
const APPROVERS = ['sre', 'admin'];

const toAsked = ({ data, recordedAtMs }: LogEvent, ttlMs: number): Asked => ({
  action: readObject(data, 'action'),
  actionSha256: readText(data, 'action_sha256'),
  roles: readTexts(data, 'approver_roles').filter((role) => APPROVERS.includes(role)),
  // One at least; what is no number no number of persons comes up to.
  required: Math.max(1, readNumber(data, 'persons_required')),
  requestedBy: readText(data, 'requested_by'),
  // Whatever it says of itself, nobody may think for longer than was set.
  expiresAtMs: Math.min(Date.parse(readText(data, 'expires_at')), recordedAtMs + ttlMs),
  persons: new Set(),
});
