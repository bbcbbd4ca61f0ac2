import type { VNode } from 'preact';
import type { ServiceSummary } from '#libs/contracts';
import { overview } from '../lists/overview.ts';
import { Answer } from '../parts/Answer.tsx';
import { Notice } from '../parts/Notice.tsx';
import { ServiceCard } from './ServiceCard.tsx';

export const ServiceSection = (): VNode => (
  <section aria-labelledby="services">
    <h2 id="services" tabIndex={-1}>
      Services
    </h2>
    <Answer of={overview} what="the services">
      {({ services }) => <Services services={services} />}
    </Answer>
  </section>
);

function Services({ services }: { services: readonly ServiceSummary[] }): VNode {
  if (services.length === 0) return <NoServices />;
  const states = new Map(services.map(({ service_id: id, state }) => [id, state]));
  return (
    <ul class="cards">
      {services.map((service) => (
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
