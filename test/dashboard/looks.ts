/** In what the page is looked at: both colour schemes, and as wide as a desk's screen and a phone's. */
export const LOOKS = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 320 },
  { scheme: 'dark', width: 320 },
] as const;
