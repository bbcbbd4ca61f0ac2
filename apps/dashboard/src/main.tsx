import { render } from 'preact';
import { followIdentity } from './access/access.ts';
import { startFollowing } from './lists/overview.ts';
import { App } from './shell/App.tsx';
import { startAnnouncing } from './shell/announcements.ts';
import { startClock } from './time/start-clock.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no place for its content');

startClock();
startAnnouncing();
startFollowing();
followIdentity();
render(<App />, root);
