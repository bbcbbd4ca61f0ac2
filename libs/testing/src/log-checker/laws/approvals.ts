import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#libs/contracts';
import { readNumber, readObject, readText, readTexts } from '../fields.ts';
import type { LogEvent } from '../law.ts';

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

  observe(event: LogEvent): void {
    if (event.type === 'ApprovalRequested') this.asked.set(event.stream, toAsked(event.data));
    if (event.type === 'ApprovalGranted') this.grant(event);
  }

  /** Why a command lacks the word of persons; `undefined` where it has it, or needs none. */
  objectTo({ stream, data }: LogEvent, needsPersons: boolean): string | undefined {
    if (!needsPersons) return undefined;
    const asked = this.asked.get(stream);
    if (asked === undefined) return 'nobody was asked to allow it';
    const { action, required, persons } = asked;
    if (persons.size < required) return `${persons.size} of ${required} persons had allowed it`;
    const differs = ['agent_id', 'target', 'strategy'].find((name) => readText(action, name) !== readText(data, name));
    if (differs !== undefined) return `persons allowed another ${differs}`;
    const isSame = hashOf(readObject(action, 'parameters')) === hashOf(readObject(data, 'parameters'));
    return isSame ? undefined : 'persons allowed other parameters';
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

/** What the clocks of orchestrator and database may differ by. */
const CLOCKS_MS = 5_000;

const toAsked = (data: JsonObject): Asked => ({
  action: readObject(data, 'action'),
  actionSha256: readText(data, 'action_sha256'),
  roles: readTexts(data, 'approver_roles'),
  required: readNumber(data, 'persons_required'),
  requestedBy: readText(data, 'requested_by'),
  expiresAtMs: Date.parse(readText(data, 'expires_at')),
  persons: new Set(),
});
