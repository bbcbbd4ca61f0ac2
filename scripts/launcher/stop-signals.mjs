/** One Ctrl-C arrives twice, from the terminal and from npm, which passes its own on. A person who presses again takes longer. */
const SAME_PRESS_MS = 1_000;

export class StopAsked extends Error {}

/** Listens for what asks us to stop: the first signal aborts `signal` and resolves `asked`, one more calls `hurry`. */
export function listenForStop({ log, hurry, source = process, now = () => performance.now() }) {
  const stopping = new AbortController();
  const asked = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
  let askedAt;
  const stop = (name) => {
    if (!stopping.signal.aborted) {
      askedAt = now();
      log(`${name}: stopping`);
      stopping.abort(new StopAsked(name));
    } else if (now() - askedAt > SAME_PRESS_MS) hurry();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) source.on(name, stop);
  return { signal: stopping.signal, asked };
}
