// Runs in the page before anything else, and notes whatever should never happen. The spec reads `tripwire`.
(() => {
  const seen = [];
  Object.defineProperty(window, 'tripwire', { value: seen });
  const note =
    (what) =>
    (...texts) =>
      void seen.push(`${what} ${texts.map(String).join(' ')}`.slice(0, 300));
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = note(name);
  Object.assign(document, { write: note('document.write') });
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
    note('policy')(effectiveDirective, blockedURI, sample),
  );
  window.addEventListener('error', ({ message }) => note('error')(message));
  window.addEventListener('unhandledrejection', ({ reason }) => note('rejection')(reason));
  window.addEventListener('message', () => note('message')());

  // What the page is made of; any other element or attribute was made of somebody's text.
  const ELEMENTS = new Set(
    'html head meta title link script body div noscript p a header nav main section article ul ol li dl dt dd h1 h2 h3 span strong code pre time details summary fieldset legend label input select option button svg path'.split(
      ' ',
    ),
  );
  const ATTRIBUTES =
    /^(class|id|href|tabindex|role|title|datetime|lang|charset|name|content|rel|type|src|crossorigin|value|checked|for|viewBox|d|open|aria-[a-z]+|data-(theme|position))$/;
  const LINK = /^(\/[^/]|\/$|#)/;
  window.listStrangers = () =>
    [...document.querySelectorAll('*')].flatMap((element) => [
      ...(ELEMENTS.has(element.localName) ? [] : [`<${element.localName}>`]),
      ...[...element.attributes].filter(({ name }) => !ATTRIBUTES.test(name)).map(({ name }) => `${element.localName} ${name}`),
      ...(element.localName === 'a' && !LINK.test(element.getAttribute('href') ?? '')
        ? [`href ${element.getAttribute('href')}`]
        : []),
    ]);
})();
