import type { VNode } from 'preact';
import { LocationProvider, Route, Router } from 'preact-iso';
import { refusal } from '../access/refusal.ts';
import { SignIn } from '../access/SignIn.tsx';
import { IncidentPage } from '../incident/IncidentPage.tsx';
import { Notice } from '../parts/Notice.tsx';
import { announcement } from './announcements.ts';
import { AsOfNotice } from './AsOfNotice.tsx';
import { Header } from './Header.tsx';
import { focusHeading, PageHeading } from './PageHeading.tsx';
import { StartPage } from './StartPage.tsx';

export const App = (): VNode => (
  <LocationProvider>
    <a class="skip" href="#main">
      Skip to the content
    </a>
    <Header />
    <main id="main" tabIndex={-1}>
      <Content />
    </main>
    <p class="unseen" role="status">
      {announcement}
    </p>
  </LocationProvider>
);

const Content = (): VNode =>
  refusal.value !== undefined ? (
    <SignIn because={refusal.value} />
  ) : (
    <>
      <AsOfNotice />
      <Router onRouteChange={focusHeading}>
        <Route path="/" component={StartPage} />
        <Route path="/incidents/:id" component={IncidentPage} />
        <Route default component={NoSuchPage} />
      </Router>
    </>
  );

const NoSuchPage = (): VNode => (
  <>
    <PageHeading text="There is no such page" />
    <Notice title="Nothing is kept at this address.">
      <p>
        <a href="/">Go to the services and incidents</a>
      </p>
    </Notice>
  </>
);
