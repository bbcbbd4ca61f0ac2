import type { VNode } from 'preact';
import type { ServiceSummary } from '#libs/contracts';
import { overview } from '../lists/overview.ts';
import { Failure, Loading, Notice } from '../parts/Notice.tsx';
import { ServiceCard } from './ServiceCard.tsx';

export const ServiceSection = (): VNode => (
  <section aria-labelledby="services">
    <h2 id="services" tabIndex={-1}>
      Services
    </h2>
    <Services />
  </section>
);

function Services(): VNode {
  const [known, problem] = [overview.value.value, overview.problem.value];
  if (known === undefined) return problem === undefined ? <Loading what="the services" /> : <Failure problem={problem} />;
  if (known.services.length === 0) return <NoServices />;
  const states = new Map(known.services.map(({ service_id: id, state }: ServiceSummary) => [id, state]));
  return (
    <ul class="cards">
      {known.services.map((service) => (
        <ServiceCard key={service.service_id} service={service} states={states} />
      ))}
    </ul>
  );
}

const NoServices = (): VNode => (
  <Notice title="No service is in the catalogue.">
    <p>
      Name the services that may be healed in a file, and its path in <code>CATALOGUE_FILE</code>. <code>npm start</code> does so
      for the example.
    </p>
  </Notice>
);
