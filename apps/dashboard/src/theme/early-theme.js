// Runs before the page is painted. The key and the words are those of theme.ts.
try {
  const chosen = localStorage.getItem('zantara-theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's theme is right then.
}
