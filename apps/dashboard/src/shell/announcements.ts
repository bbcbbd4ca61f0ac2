import { signal } from '@preact/signals';
import { liveLog } from '../live/live-log.ts';
import { computeAnnouncement, sayAnew } from './announcement-words.ts';

/** What a screen reader is told: that something began or ended, never every event. */
export const announcement = signal('');

export const startAnnouncing = (): (() => void) =>
  liveLog.onEvents((events) => {
    const text = computeAnnouncement(events.filter((event) => liveLog.isNews(event)));
    if (text !== undefined) announcement.value = sayAnew(text, announcement.peek());
  });
