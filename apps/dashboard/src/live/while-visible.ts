/** Runs `begin` whenever the page can be seen, and what that returned as soon as it can't be any more. */
export function whileVisible(begin: () => () => void): () => void {
  let end: (() => void) | undefined;
  const look = (): void => {
    if (document.hidden === (end === undefined)) return;
    const last = end;
    end = undefined;
    if (last === undefined) end = begin();
    else last();
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    end?.();
  };
}
