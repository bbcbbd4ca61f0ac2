import { render } from 'preact';
import { startFollowing } from './lists/overview.ts';
import { App } from './shell/App.tsx';
import { startAnnouncing } from './shell/announcements.ts';
import { startClock } from './time/start-clock.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no place for its content');

startClock();
startAnnouncing();
startFollowing();
render(<App />, root);
