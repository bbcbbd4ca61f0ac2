/**
 * Runs `begin` as soon as no other tab does the same, and what that returned when it is stopped. The browser sees to it that one
 * tab leads at a time, and that the next one's turn comes when it is closed or crashes.
 */
export function whileLeading(name: string, begin: () => () => void): () => void {
  const over = new AbortController();
  const lead = async (): Promise<void> => {
    if (over.signal.aborted) return;
    const end = begin();
    await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
    end();
  };
  navigator.locks.request(name, { signal: over.signal }, lead).catch(() => undefined); // its turn didn't come before it was over
  return () => over.abort();
}
