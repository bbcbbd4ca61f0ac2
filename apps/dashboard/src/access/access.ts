import { computed, effect, signal, untracked } from '@preact/signals';
import { hasShape, type Identity } from '#libs/contracts';
import { type ApiError, toApiError } from '../api/api-error.ts';
import { getJson } from '../api/get-json.ts';
import { readAnswer } from '../api/read-answer.ts';
import { liveLog } from '../live/live-log.ts';

/** Whether there is a session to end. */
export const isSignedIn = signal(false);

const isIdentity = (body: unknown): body is Identity => hasShape(body, { by: 'string', role: 'string' });

const isHeard = computed(() => liveLog.connection.value.isOpen);

/** Asks who looks at the page, and again whenever the stream is lost: it ends with the key. */
export function followIdentity(): void {
  effect(() => {
    if (!isHeard.value) untracked(() => void learnIdentity());
  });
}

async function learnIdentity(): Promise<void> {
  try {
    isSignedIn.value = (await getJson('/api/whoami', isIdentity)).by === 'session';
  } catch {
    // Whoever may not know is asked for a key, and what is away is told by everything else that is asked for.
  }
}

/** Begins a session, in which the page is loaded anew; answers why not. The key is kept nowhere. */
export async function signIn(key: string): Promise<ApiError | undefined> {
  try {
    await readAnswer('/api/session', { method: 'POST', body: { key } });
    location.reload();
    return undefined;
  } catch (error) {
    return toApiError(error);
  }
}

/** Ends the session, and shows nothing of it any more. */
export async function signOut(): Promise<void> {
  await readAnswer('/api/session', { method: 'DELETE' });
  location.reload();
}
