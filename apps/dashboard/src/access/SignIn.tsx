import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../api/api-error.ts';
import { signIn } from './access.ts';

/** In the place of everything else, as long as nobody is known to look at it. */
export function SignIn({ because }: { because: ApiError }): VNode {
  const problem = useSignal<ApiError | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Zantara';
    field.current?.focus();
  }, []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    problem.value = undefined;
    problem.value = await signIn(field.current?.value.trim() ?? '');
    field.current?.select();
  };
  return (
    <>
      <h1 id="page-heading">Sign in</h1>
      <form class="sign-in card" onSubmit={(event) => void submit(event)}>
        <p>{because.message}.</p>
        <label for="api-key">API key</label>
        <input
          id="api-key"
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="api-key-from"
        />
        <p id="api-key-from" class="quiet">
          It begins with zt_, and is forgotten when you are signed in. An admin makes one for you:{' '}
          <code>zantara keys create</code>. The first one was printed, or written to the file <code>ADMIN_KEY_FILE</code>, when
          the orchestrator was first started.
        </p>
        <p class="sign-in-problem" role="alert">
          {problem.value !== undefined && `${problem.value.message}. ${problem.value.remediation}`}
        </p>
        <button class="button" type="submit">
          Sign in
        </button>
      </form>
    </>
  );
}
