const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** `now`, `12 s`, `4 min`, `3 h`, `2 d`: as exact as somebody needs who looks at a list. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

export const formatAgo = (ms: number): string => (ms < 1000 ? 'just now' : `${formatSpan(ms)} ago`);

/** `2026-01-01 12:00:00 UTC`: the clock of the log, the same for everybody who looks at it. */
export const formatInstant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** `14:03:05`, and the day before it unless that is today. */
export function formatTime(iso: string, today: string): string {
  const [day, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  return day === today ? time : `${day} ${time}`;
}
